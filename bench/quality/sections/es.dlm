---
dlm_id: 01KAEN0QVA1TYSECT10NSESABC
base_model: smollm2-135m
---
## Por qué se riega de noche en Valdeolmos

En Valdeolmos los huertos se riegan entre las once de la noche y las cinco de la mañana. De día se evapora casi un 40 % del agua antes de llegar a las raíces; de noche, menos del 10 %. Además, las gotas sobre las hojas actúan como pequeñas lupas y las queman al sol, según cuentan los hortelanos, aunque el agrónomo del pueblo, Tomás Arce, lo niega. El turno de cada huerto dura 25 minutos y se sortea en febrero.
::prose::
## Cómo se cambia el filtro del purificador

Apague el aparato y espere dos minutos, hasta que el ventilador se pare. Abra la tapa trasera con una moneda y saque el filtro tirando de las dos lengüetas azules. El filtro nuevo se coloca con la flecha hacia dentro; al revés, el aire lo atraviesa sin limpiarse. Después mantenga pulsado el botón `RESET` cinco segundos para poner el contador a cero. El filtro dura 2200 horas, unos tres meses de uso continuo. No se puede lavar.
::prose::
## Becas de comedor

Pueden pedir la beca las familias con ingresos inferiores a 18 500 euros al año; por cada hijo a partir del segundo, el límite sube 2 000 euros. La solicitud se presenta en mayo, en la secretaría, y se resuelve antes del 15 de julio. La beca cubre el 80 % del precio del menú, que es de 5,20 euros. Si el alumno falta más de seis días seguidos sin justificante, la pierde hasta el trimestre siguiente.
::prose::
## `copia.toml`

```toml
origen = "/home/ana"
destino = "/mnt/disco"
guardar = 7
comprimir = true
```

`guardar` dice cuántas copias se conservan; al hacer una más, se borra la más antigua. Con `comprimir = false` la copia ocupa el doble, pero se puede leer sin el programa. Si `destino` no está montado, no se hace ninguna copia y se envía un aviso: así no se llena el disco interno por error. Las carpetas que contienen un archivo `.sincopia` se omiten.
::prose::
## El faro de punta Nariga

El faro se encendió por primera vez el 9 de octubre de 1868. Su luz blanca da tres destellos cada veinte segundos y se ve a 19 millas. Hasta 1954 la lámpara quemó parafina y el farero tenía que dar cuerda cada cuatro horas al mecanismo que giraba la óptica. Con la electricidad, la familia Lema dejó la torre, después de 86 años y cuatro generaciones. La sirena de niebla se retiró en 2003, porque los barcos ya llevaban radar.
::prose::
## Diferencia entre poda y aclareo

La poda quita ramas; el aclareo quita frutos. Se poda en invierno, cuando el árbol no tiene hojas y la herida cicatriza sin perder savia. Se aclara en mayo, cuando las manzanas tienen el tamaño de una nuez: se deja un fruto cada 15 cm. Sin aclareo, el manzano da muchos frutos pequeños y al año siguiente apenas florece, porque ha agotado sus reservas. Los cerezos no se aclaran.
::prose::
## Turnos de guardia del refugio

- Hay siempre dos guardas; uno duerme mientras el otro atiende la radio.
- A las 8, a las 14 y a las 20 horas se comunica el parte al valle.
- Si el valle no responde en tres intentos, se enciende la baliza roja del tejado.
- Con viento de más de 90 km/h nadie sale, ni siquiera para un rescate, hasta que amaine.

El relevo llega los jueves en mulo, salvo con nieve: entonces sube en esquís el viernes. Cada guarda lleva comida para nueve días, dos más de los que dura su turno.
