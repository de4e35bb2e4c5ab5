package io.github.subquad.tornado;
final class FusedRows { private FusedRows() {} }
