/* Copies that may meet memory which cannot be touched: the only places where a fault in the kit itself is expected.
   rdi, rsi: to, from; rdx: bytes. Result: bytes not done. A fault continues at exo_user_copy_failed (user_memory.cpp). */
.text
.globl exo_user_copy_begin
.hidden exo_user_copy_begin
exo_user_copy_begin:

.globl exo_user_copy
.hidden exo_user_copy
.type exo_user_copy, @function
exo_user_copy:
    movq %rdx, %rcx
    shrq $5, %rcx
    jz 2f
1:  movq (%rsi), %rax
    movq 8(%rsi), %r8
    movq 16(%rsi), %r9
    movq 24(%rsi), %r10
    movq %rax, (%rdi)
    movq %r8, 8(%rdi)
    movq %r9, 16(%rdi)
    movq %r10, 24(%rdi)
    addq $32, %rsi
    addq $32, %rdi
    subq $32, %rdx
    decq %rcx
    jnz 1b
2:  cmpq $8, %rdx
    jb 3f
    movq (%rsi), %rax
    movq %rax, (%rdi)
    addq $8, %rsi
    addq $8, %rdi
    subq $8, %rdx
    jmp 2b
3:  testq %rdx, %rdx
    jz 4f
    movb (%rsi), %al
    movb %al, (%rdi)
    incq %rsi
    incq %rdi
    decq %rdx
    jmp 3b
4:  xorl %eax, %eax
    ret
.size exo_user_copy, . - exo_user_copy

/* rdi: from, aligned; rsi: to, which is the kit's own. */
.globl exo_user_load_word
.hidden exo_user_load_word
.type exo_user_load_word, @function
exo_user_load_word:
    movl $4, %edx
    movl (%rdi), %eax
    movl %eax, (%rsi)
    xorl %eax, %eax
    ret
.size exo_user_load_word, . - exo_user_load_word

/* rdi: to; rsi: bytes. */
.globl exo_user_zero
.hidden exo_user_zero
.type exo_user_zero, @function
exo_user_zero:
    movq %rsi, %rdx
    xorl %eax, %eax
1:  cmpq $8, %rdx
    jb 2f
    movq %rax, (%rdi)
    addq $8, %rdi
    subq $8, %rdx
    jmp 1b
2:  testq %rdx, %rdx
    jz 3f
    movb %al, (%rdi)
    incq %rdi
    decq %rdx
    jmp 2b
3:  ret
.size exo_user_zero, . - exo_user_zero

.globl exo_user_copy_end
.hidden exo_user_copy_end
exo_user_copy_end:

/* Leaves the function that faulted; its return address is on top of the stack, since it keeps nothing there. */
.globl exo_user_copy_failed
.hidden exo_user_copy_failed
exo_user_copy_failed:
    movq %rdx, %rax
    ret

.section .note.GNU-stack, "", @progbits
