/** A line of at most so many points is drawn with them: of a single one nothing else is seen. */
export const FEW_POINTS = 30;
