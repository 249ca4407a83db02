"""Turns: they come in the order of the tickets, whatever is quick, and whoever gives up."""

from pathlib import Path

import anyio
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.synth.turns import StoreTurns, Turns


@given(st.permutations(range(7)), st.sets(st.integers(0, 6)))
def test_turns_always_come_in_the_order_of_the_tickets(order, impatient):
    began: list[int] = []

    async def take_turn(ticket, number, may_begin):
        await may_begin.wait()
        if number not in impatient:
            await ticket.turn()
            began.append(number)
        ticket.pass_on()

    async def main():
        turns = Turns()
        events = [anyio.Event() for _ in order]
        async with anyio.create_task_group() as tasks:
            for number, event in enumerate(events):
                tasks.start_soon(take_turn, turns.ticket(), number, event)
            for number in order:
                events[number].set()
                await anyio.lowlevel.checkpoint()

    anyio.run(main)
    assert began == [number for number in range(7) if number not in impatient]


async def test_a_ticket_that_was_passed_on_lets_the_next_begin_while_its_own_work_goes_on():
    turns = Turns()
    first, second = turns.ticket(), turns.ticket()
    first.pass_on()
    await second.turn()


async def test_at_one_store_the_second_waits_for_the_first_and_others_do_not():
    stores = StoreTurns()
    with stores.ticket(Path("a")) as first, stores.ticket(Path("a")) as second:
        with stores.ticket(Path("b")) as other:
            await first.turn()
            await other.turn()
        with anyio.move_on_after(0) as scope:
            await second.turn()
        assert scope.cancelled_caught
        first.pass_on()
        await second.turn()


def test_a_store_where_nobody_waits_is_forgotten():
    stores = StoreTurns()
    for number in range(3):
        with stores.ticket(Path(str(number))):
            pass
    assert vars(stores) == {"_turns": {}, "_waiting": {}}
