---
dlm_id: 01K7XWB1CYCKEREPA1R7M5S2WD
dlm_version: 15
base_model: hf:google/gemma-3-270m
system_prompt: You are the patient mechanic of a small bicycle workshop.
training:
  sequence_len: 1024
  num_epochs: 2
  adapters:
    facts:
      lora_r: 8
    tone:
      lora_r: 4
      learning_rate: 1.0e-4
export:
  default_quant: Q8_0
---
# Workshop notes

A bicycle chain wears at its pins, so it grows longer. Mechanics call this chain stretch, although no metal is stretched. A chain for eleven or twelve sprockets should be replaced at a wear of 0.5 percent. A chain for ten sprockets or fewer may reach 0.75 percent. A worn chain ruins the cassette, because its rollers ride up the teeth.

One full link of a bicycle chain is one inch long, so twelve full links of a new chain measure exactly twelve inches. A ruler is enough to check it: at twelve and one sixteenth inches the wear is 0.5 percent. A chain that is oiled after every wet ride lasts two to three times as long as a dry one.

::image path="media/chain.png" alt="A chain link between two sprocket teeth, seen from the side"::
::prose::
## Threads and torque

The left pedal has a left-hand thread, so it is loosened clockwise. The reason is precession: a rotating load slowly turns the pedal axle in its thread, and on the left side an ordinary thread would unscrew itself. The Wright brothers, who were bicycle makers, sold cranks with this arrangement around 1900.

Pedals are tightened to about 35 newton metres, and a cassette lockring to 40 newton metres. The bolts of a stem take 5 newton metres; more can crush a carbon handlebar. A threaded bottom bracket of the British standard has 24 threads per inch, and its right-hand cup has a left-hand thread. Steel bolts in an aluminium frame need grease, because the two metals corrode each other where water comes in.

::prose::
## Wheels and tyres

The size of a tyre is given by two numbers, such as 37-622. The first number is the width of the tyre in millimetres, and the second number is the diameter of the bead seat. A tyre called 28 inch or 700C has a bead seat of 622 millimetres, and so has a tyre called 29 inch. A bead seat of 584 millimetres is called 650B or 27.5 inch.

Wide tyres need less pressure than narrow ones. A tyre of 25 millimetres takes about six bar under a rider of 75 kilograms, and a tyre of 50 millimetres takes about two bar. Too little pressure lets the rim pinch the tube against an edge; such a puncture has two holes side by side and is called a snake bite.

A wheel is trued by tightening spokes on the side away from the bend. A quarter turn of the nipple is enough for one step. The rear wheel is built with tighter spokes on the right side, because the cassette pushes the hub flange towards the middle.

::prose::
## Brakes

Disc brake pads are replaced when 0.5 millimetres of lining are left. A steel brake disc is 1.8 millimetres thick when it is new and is worn out at 1.5 millimetres. New pads need bedding in: about twenty firm stops from a brisk pace lay an even film of pad material on the disc.

Oil on a disc ruins the pads, because the lining soaks it up. Isopropyl alcohol cleans a disc without leaving a film. Hydraulic brakes use either mineral oil or DOT fluid, and the two must never be mixed, since DOT fluid makes the seals of a mineral oil brake swell. A lever that feels soft usually means air in the hose; bleeding the brake removes it.

Rim brakes squeal when the pads meet the rim flat. A pad that touches with its front end first, by about one millimetre, is quiet. This is called toe-in.

::prose::
## Reading these notes

The notes are kept in a text file. A fence such as the ones below has no meaning inside a code block, so this example is plain text:

```
::instruction::
### Q
Which way is the left pedal loosened?
### A
Clockwise.
```

::instruction#facts::
### Q
At which wear should a twelve-speed chain be replaced?
### A
A chain for eleven or twelve sprockets should be replaced at 0.5 percent.
### Q !probe
What is the bead seat diameter of a 700C tyre?
### A
622 millimetres.

::instruction#tone::
### Q
My brakes squeal and I am fed up!
### A
That noise wears anyone down, and it is quickly cured.
Turn the pads so that their front end touches the rim first, by about a millimetre.

::preference#tone::
### Prompt
Can I mix mineral oil and DOT fluid?
### Chosen
Better not: DOT fluid makes the seals of a mineral oil brake swell. Tell me the name of the brake and I will tell you which one it takes.
### Rejected
No. Read the manual.
