package io.github.subquad.bench.compare;

import tools.jackson.databind.EnumNamingStrategies;
import tools.jackson.databind.annotation.EnumNaming;

/** What the samples of two rows show. */
@EnumNaming(EnumNamingStrategies.KebabCaseStrategy.class)
public enum Finding {
    /** The other row is faster than the base's. */
    FASTER,
    /** The other row is slower than the base's. */
    SLOWER,
    /** Neither: which does not say that they are equally fast. */
    NOTHING,
    /** There was nothing to look at. */
    NOT_COMPARED
}
