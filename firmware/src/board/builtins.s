@ Runtime Application Binary Interface for the Arm Architecture, 4.3.4, and C's names for the same.
@ What is named twice differs only in what it promises: alignment, or a result.

.syntax unified
.thumb

.macro begins name
.global \name
.type \name, %function
.thumb_func
\name:
.endm

@ r0 to, r1 from, r2 octets; gives r0. The core reads and writes words at any address, so only what is left
@ over is moved by the octet.
.section .text.builtins.move, "ax", %progbits
begins memmove
begins __aeabi_memmove
begins __aeabi_memmove4
begins __aeabi_memmove8
    subs r3, r0, r1
    cmp r3, r2
    bhs memcpy
    @ It begins inside of what is moved: from the end backwards.
    adds r1, r1, r2
    add r12, r0, r2
    subs r2, r2, #4
    blo 2f
1:  ldr r3, [r1, #-4]!
    str r3, [r12, #-4]!
    subs r2, r2, #4
    bhs 1b
2:  adds r2, r2, #4
    beq 4f
3:  ldrb r3, [r1, #-1]!
    strb r3, [r12, #-1]!
    subs r2, r2, #1
    bne 3b
4:  bx lr
begins memcpy
begins __aeabi_memcpy
begins __aeabi_memcpy4
begins __aeabi_memcpy8
    mov r12, r0
    subs r2, r2, #4
    blo 2f
1:  ldr r3, [r1], #4
    str r3, [r12], #4
    subs r2, r2, #4
    bhs 1b
2:  adds r2, r2, #4
    beq 4f
3:  ldrb r3, [r1], #1
    strb r3, [r12], #1
    subs r2, r2, #1
    bne 3b
4:  bx lr

@ memset: r0 where, r1 the octet, r2 octets; gives r0. __aeabi_memset: the last two the other way round.
.section .text.builtins.set, "ax", %progbits
begins __aeabi_memclr
begins __aeabi_memclr4
begins __aeabi_memclr8
    movs r2, #0
begins __aeabi_memset
begins __aeabi_memset4
begins __aeabi_memset8
    mov r3, r1
    mov r1, r2
    mov r2, r3
begins memset
    uxtb r1, r1
    orr r1, r1, r1, lsl #8
    orr r1, r1, r1, lsl #16
    mov r3, r0
    subs r2, r2, #4
    blo 2f
1:  str r1, [r3], #4
    subs r2, r2, #4
    bhs 1b
2:  adds r2, r2, #4
    beq 4f
3:  strb r1, [r3], #1
    subs r2, r2, #1
    bne 3b
4:  bx lr

@ r0 and r1 what is compared, r2 octets; gives less than zero, zero or more.
.section .text.builtins.compare, "ax", %progbits
begins memcmp
begins bcmp
    mov r12, r0
    movs r0, #0
    cbz r2, 2f
1:  ldrb r0, [r12], #1
    ldrb r3, [r1], #1
    subs r0, r0, r3
    bne 2f
    subs r2, r2, #1
    bne 1b
2:  bx lr

@ r1:r0 by r3:r2; gives the quotient in r1:r0 and what remains in r3:r2. Bit by bit: nothing here divides often.
@ By zero the core never divides; then it gives all ones, as the shortest way has it.
.section .text.builtins.divide, "ax", %progbits
begins __aeabi_uldivmod
    push {r4, r5, r6, lr}
    movs r4, #0
    movs r5, #0
    movs r6, #64
1:  adds r0, r0, r0
    adcs r1, r1
    adcs r4, r4
    adcs r5, r5
    @ What remains has outgrown 64 bits: it is more than any divisor.
    bcs 2f
    subs r12, r4, r2
    sbcs r12, r5, r3
    blo 3f
2:  subs r4, r4, r2
    sbcs r5, r5, r3
    adds r0, r0, #1
3:  subs r6, r6, #1
    bne 1b
    mov r2, r4
    mov r3, r5
    pop {r4, r5, r6, pc}
