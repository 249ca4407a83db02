---
dlm_id: 01K7XW3Q9DGEMM4N2BT5RHV8CE
dlm_version: 15
base_model: hf:google/gemma-3-270m
---
# DGEMM

DGEMM is the BLAS routine that multiplies two general matrices in double precision. The routine computes C := alpha * op(A) * op(B) + beta * C, where op(X) is either X or the transpose of X. In the name, D stands for double precision, GE for a general matrix and MM for matrix-matrix multiplication. The sister routines SGEMM, CGEMM and ZGEMM serve single precision, single complex and double complex numbers.

DGEMM belongs to Level 3 of the BLAS, the level of matrix-matrix operations. Jack Dongarra, Jeremy Du Croz, Sven Hammarling and Iain Duff published the Level 3 BLAS in 1990. Level 1 of the BLAS, for vectors, dates from 1979, and Level 2, for matrix-vector operations, dates from 1988.

::prose::
## Arguments

DGEMM takes thirteen arguments: TRANSA, TRANSB, M, N, K, ALPHA, A, LDA, B, LDB, BETA, C and LDC. TRANSA and TRANSB are characters: 'N' takes the matrix as it stands, and 'T' takes its transpose. M is the number of rows of C, N is the number of columns of C, and K is the length of the inner dimension that is summed over.

The leading dimension LDA is the distance, in elements, between the starts of two neighbouring columns of A. LDA must be at least M when TRANSA is 'N', and at least K when TRANSA is 'T'. A leading dimension larger than the number of rows lets DGEMM work on a block inside a bigger matrix without copying the block.

When an argument is wrong, DGEMM calls the error routine XERBLA with the position of the first bad argument. The reference XERBLA prints a message and stops the program.

::prose::
## Scalars and special cases

The scalar ALPHA multiplies the product, and the scalar BETA multiplies the old contents of C. When BETA is zero, DGEMM overwrites C without reading it, so C may hold uninitialised memory or NaN. When ALPHA is zero, DGEMM does not read A or B and only scales C by BETA.

DGEMM returns at once when M or N is zero. DGEMM also returns at once when K is zero and BETA is one, because C would not change.

A call with ALPHA equal to minus one and BETA equal to one subtracts a product from C. Blocked LU factorisation, such as DGETRF in LAPACK, uses exactly this call to update the trailing submatrix. The HPL benchmark behind the TOP500 list is a blocked LU factorisation, so it spends most of its time in DGEMM.

::prose::
## Storage order

DGEMM expects column-major storage, the order of Fortran, in which the elements of one column lie side by side in memory. C programs usually store matrices in row-major order.

The C interface CBLAS offers cblas_dgemm, whose first argument names the storage order. The constant CblasRowMajor has the value 101, and CblasColMajor has the value 102. A row-major product needs no copying: the library swaps A with B and M with N, because the transpose of A * B is the transpose of B times the transpose of A.

A C program that calls the Fortran symbol directly usually finds it under the name dgemm_ and passes every argument by pointer. Libraries built with the ILP64 convention expect 64-bit integers for the sizes and the leading dimensions.

::prose::
## Why DGEMM is fast

DGEMM performs 2 * M * N * K floating-point operations on only M * K + K * N + M * N numbers. For square matrices of order n, the work grows with the cube of n and the data grows with the square of n. Each number can therefore be used many times once it is in cache, while the vector routine DAXPY is limited by memory bandwidth.

Kazushige Goto and Robert van de Geijn described the usual design in 2008. A block of A is packed into contiguous memory so that it stays in the L2 cache, and narrow panels of packed B pass through the L1 cache. The innermost loop, called the micro-kernel, keeps a small tile of C in vector registers.

A processor core with two 256-bit fused multiply-add units completes up to 16 double-precision operations per cycle. A good DGEMM reaches about 90 percent of that peak on large matrices.

::prose::
## Implementations

The reference DGEMM from Netlib is three nested loops in Fortran and makes no attempt at cache blocking. OpenBLAS began in 2011 as a fork of GotoBLAS2, and the environment variable OPENBLAS_NUM_THREADS sets its number of threads. BLIS, from the University of Texas at Austin, needs only a new micro-kernel to be moved to a new processor. Intel's library is called oneMKL, and NVIDIA's GPU version of the routine is called cublasDgemm.

NumPy calls cblas_dgemm for the product of two float64 matrices. For a matrix times its own transpose, NumPy calls the routine DSYRK instead, which does half the work because the result is symmetric.

::prose::
## Rounding

The unit roundoff of double precision is two to the power of minus 53, about 1.1e-16. The error of each element of a computed product is bounded by roughly K times the unit roundoff times the matching element of |A| * |B|.

Two DGEMM libraries rarely agree to the last bit, because floating-point addition is not associative and each library sums in its own order. Intel's oneMKL offers a mode called Conditional Numerical Reproducibility, switched on with the variable MKL_CBWR, that fixes the order of summation.

Strassen's algorithm from 1969 needs only about n to the power of 2.807 operations. Most BLAS libraries avoid it, because its error bound is weaker.

::instruction::
### Q
What does DGEMM compute?
### A
DGEMM computes C := alpha * op(A) * op(B) + beta * C in double precision.
### Q
Why may C be uninitialised when BETA is zero?
### A
When BETA is zero, DGEMM overwrites C and never reads its old contents.

::instruction::
### Q !probe
Which routine should multiply a matrix by its own transpose?
### A
DSYRK, because it computes only one triangle of the symmetric result and so does half the work.
