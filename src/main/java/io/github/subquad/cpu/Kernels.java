package io.github.subquad.cpu;

/**
 * The inner loops of attention on one core: what a block of keys and values does to a block of
 * queries.
 *
 * <p>Two implementations have the same methods: {@link ScalarKernels} in plain loops and {@code
 * VectorKernels} on the Vector API. {@code KernelProvider} chooses once. Both are stateless and may
 * be shared by threads; all data lies in {@code float[]} scratch of the caller, at {@code int}
 * offsets in floats ({@code ko} is where {@code k} begins). Kernels check no argument beyond what
 * array bounds do: their callers have.
 *
 * <h2>Blocks: lanes run over queries</h2>
 *
 * A block is {@link #WIDTH} queries, held channel by channel so that a vector holds one channel of
 * several queries. Keys and values are taken row by row.
 *
 * <pre>
 *   qt [d][WIDTH]     queries, transposed, times scale · log2(e)
 *   s  [n][WIDTH]     scores of n keys, then their weights, in place
 *   ot [dv][WIDTH]    Σ weight · value, transposed
 *
 *   scores       s[j][w]   = Σ_c k[j][c] · qt[c][w]          base-2 units, since qt is scaled so
 *   addBias …    s[j][w]  += bias · log2(e)                  masks
 *   weights      s[j][w]  := 2^(s[j][w] + neg[w]),  part[w] = Σ_j s[j][w]
 *   weightedSum  ot[c][w] += Σ_j v[j][c] · s[j][w]
 * </pre>
 *
 * <h2>Backward: lanes run over keys</h2>
 *
 * In a backward pass a block is {@link #WIDTH} keys, and queries are taken row by row: the same
 * {@code scores} and {@code weightedSum} with the roles of query and key changed.
 *
 * <pre>
 *   scores          s[i][w]  = Σ_c q[i][c]  · kt[c][w]
 *   scores          ds[i][w] = Σ_c go[i][c] · vt[c][w]        go: gradient of the output
 *   scoreGradients  s := weights,  ds := gradients of scores
 *   weightedSum     gradVt[c][w] += Σ_i go[i][c] · s[i][w]
 *   weightedSum     gradKt[c][w] += Σ_i q[i][c]  · ds[i][w]
 *   addProduct      gradQ[i][c]  += Σ_w ds[i][w] · k[w][c]
 * </pre>
 *
 * <h2>Few rows: lanes run over channels</h2>
 *
 * With fewer query rows than a block is worth (decoding) most lanes would be idle. The {@code row…}
 * methods take {@link #ROWS} rows abreast and read each key and value once for all of them. Their
 * score block is {@code s [n][ROWS]}. A caller with fewer rows repeats one.
 *
 * <h2>Slack</h2>
 *
 * Kernels work in tiles of up to {@link #SLACK} keys; a ragged last tile repeats the last key. So
 * {@code s} must have room for n + SLACK rows, and whatever lies in rows n … n + SLACK − 1 may be
 * overwritten by {@link #scores}, {@link #rowScores} and {@link #rowWeights}. The other methods
 * neither read nor write there.
 *
 * <h2>Not-a-number and infinity</h2>
 *
 * Each lane is on its own: nothing in one query's column reaches another's, whatever it holds. A
 * score of −∞ is a masked key: weight exactly 0. NaN stays NaN.
 *
 * <h2>Bits</h2>
 *
 * A lane's result depends on that lane's data, n, d and the implementation, on nothing else: not on
 * the position in the block, not on other lanes, not on whether a method has been compiled yet.
 */
interface Kernels {

    /** Queries of a block. */
    int WIDTH = 64;

    /** Query rows that the {@code row…} methods take abreast. */
    int ROWS = 4;

    /** What rows of channels are padded to for {@link #addProduct}: the widest vector. */
    int CHANNEL_MULTIPLE = 16;

    /** Rows of {@code s} beyond n that must exist and may be overwritten. */
    int SLACK = 8;

    /** Scores are in base 2 inside, biases in base e outside. */
    float LOG2_E = 1.44269504f;

    /** The least a finite bias becomes: finite, and still so when a score is added. */
    float LEAST_BIAS = -0x1p127f;

    /** What NaN narrows to in float16. */
    short HALF_NAN = 0x7e00;

    /** What NaN narrows to in bfloat16. */
    short BFLOAT16_NAN = 0x7fc0;

    /** What this is, for people: {@code "Vector API, 512-bit lanes"} or {@code "plain loops"}. */
    String name();

    // ---- blocks of WIDTH queries ----

    /**
     * Scores of n ≥ 1 keys: {@code s[so + j·WIDTH + w] = Σ_c k[ko + j·kStride + c] · qt[qo +
     * c·WIDTH + w]}.
     *
     * @param kStride floats from one key to the next, at least d
     * @param d channels, at least 1
     * @param s [… + n + SLACK][WIDTH], written from so
     */
    void scores(
            float[] k, int ko, int kStride, int n, int d, float[] qt, int qo, float[] s, int so);

    /**
     * Masks one key for all queries alike: {@code s[j][w] += bias[bo + j] · log2(e)}, with the
     * rules of {@link #addBias}.
     */
    void addKeyBias(float[] s, int n, float[] bias, int bo);

    /**
     * Adds a mask, element by element: {@code s[i] += bias[bo + i] · log2(e)} for i &lt; count.
     * Works for either layout of s; the bias has the layout of s.
     *
     * <p>The bias is in natural units, as attention's callers give it. −∞ makes the score exactly
     * −∞ whatever it was, so that NaN or ∞ behind a mask does not leak. A finite bias stays finite:
     * it is held above −2^127 after scaling, since −3.4e38 · log2(e) would overflow to −∞ and mean
     * something else.
     */
    void addBias(float[] s, int count, float[] bias, int bo);

    /**
     * Masks causally: query w keeps keys j ≤ diagonal + w, the others become −∞.
     *
     * @param diagonal the last key that query 0 sees, as an index into this block; may be negative
     *     (the first queries see nothing) or ≥ n (nothing changes)
     */
    void maskDiagonal(float[] s, int n, int diagonal);

    /**
     * Greatest score of each query: {@code max[w] = max(max[w], s[j][w])} over from ≤ j &lt; n. NaN
     * is passed over: such a row comes out NaN anyway, and its maximum stays usable.
     */
    void columnMax(float[] s, int from, int n, float[] max);

    /**
     * Turns scores into weights: {@code s[j][w] := 2^(s[j][w] + neg[no + w])} and {@code part[w] =
     * Σ_j s[j][w]} for j &lt; n.
     *
     * <p>Relative error below 2e-7. Exponents under −126 give exactly 0, −∞ included, NaN gives
     * NaN.
     *
     * @param neg minus the reference score of each query, finite: 0 for a query that has met no key
     * @param part [WIDTH], written
     * @param rise the greatest exponent that the caller puts up with, from 0 to 126
     * @return true if some exponent exceeds rise or is NaN; the weights of exponents above 127 are
     *     then meaningless (and so is their lane of part), all others still right
     */
    boolean weights(float[] s, int n, float[] neg, int no, float[] part, float rise);

    /**
     * Adds weighted values: {@code ot[oo + c·WIDTH + w] += Σ_j v[vo + j·vStride + c] · s[j][w]} for
     * c &lt; dv. The sum over the n keys is made apart and then added to ot, which halves the
     * rounding error of long sums.
     */
    void weightedSum(float[] s, int n, float[] v, int vo, int vStride, int dv, float[] ot, int oo);

    /**
     * Rows to columns: {@code t[to + c·WIDTH + w] = rows[ro + min(w, n − 1)·rowStride + c] · scale}
     * for c &lt; d and all WIDTH lanes: lanes beyond n repeat the last row.
     *
     * @param n rows, from 1 to WIDTH
     */
    void transposeIn(
            float[] rows, int ro, int rowStride, int n, int d, float scale, float[] t, int to);

    /**
     * Columns to rows: {@code rows[ro + i·rowStride + c] = t[to + c·WIDTH + i] · factor[fo + i]}
     * for i &lt; n, c &lt; d. Writes nothing else.
     *
     * @param n rows, from 1 to WIDTH
     */
    void transposeOut(
            float[] t,
            int to,
            float[] factor,
            int fo,
            int n,
            int d,
            float[] rows,
            int ro,
            int rowStride);

    // ---- backward: lanes run over keys ----

    /**
     * The weights of a block of keys and the gradients of its scores, for n rows of queries: {@code
     * s[i][w] := p = 2^(s[i][w] + neg[from + i])}, {@code ds[i][w] := p · (ds[i][w] − delta[from +
     * i])}, where ds comes as the gradient of the weights.
     *
     * <p>A score of −∞ is a hidden pair: both become 0, whatever ds, neg and delta hold.
     *
     * @param s [n][WIDTH] scores in base 2
     * @param ds [n][WIDTH]
     * @param neg minus the log-sum-exp of each row in base 2; −∞ for a row that sees nothing
     */
    void scoreGradients(float[] s, float[] ds, int n, float[] neg, float[] delta, int from);

    /**
     * Adds rows of a block times rows of channels: {@code c[co + i·width + x] += Σ_j a[i·WIDTH + j]
     * · b[bo + j·width + x]} for i &lt; n, j &lt; m, x &lt; width, the sum over j made apart.
     *
     * @param m rows of b, from 1 to WIDTH
     * @param width a multiple of {@link #CHANNEL_MULTIPLE}
     */
    void addProduct(float[] a, int n, int m, float[] b, int bo, int width, float[] c, int co);

    // ---- few rows ----

    /**
     * Scores of n ≥ 1 keys for ROWS rows: {@code s[so + j·ROWS + r] = Σ_c k[ko + j·kStride + c] ·
     * q[qo + r·qStride + c]}. q is scaled beforehand by scale · log2(e).
     *
     * <p>Keys in memory are best brought to scratch and taken here some 4 KB at a time: they are
     * then still in the first-level cache, and the processor fetches ahead within a page.
     *
     * @param s [… + n + SLACK][ROWS], written from so
     */
    void rowScores(
            float[] q,
            int qo,
            int qStride,
            float[] k,
            int ko,
            int kStride,
            int n,
            int d,
            float[] s,
            int so);

    /**
     * {@link #weights} for [n][ROWS].
     *
     * @param neg [ROWS] from no
     * @param part [WIDTH]: the first ROWS are the sums, the rest is scratch
     */
    boolean rowWeights(float[] s, int n, float[] neg, int no, float[] part, float rise);

    /**
     * Adds weighted values to ROWS rows: {@code o[oo + r·oStride + c] += Σ_j s[so + j·ROWS + r] ·
     * v[vo + j·vStride + c]} for c &lt; dv, the sum over the n keys made apart.
     */
    void rowWeightedSum(
            float[] s,
            int so,
            int n,
            float[] v,
            int vo,
            int vStride,
            int dv,
            float[] o,
            int oo,
            int oStride);

    // ---- arrays ----

    /** Whether none of the n floats at a[from] is NaN or infinite. */
    boolean allFinite(float[] a, int from, int n);

    /** IEEE float16 bits to float32, exactly. */
    void widenHalf(short[] a, int ao, float[] b, int bo, int n);

    /** bfloat16 bits to float32, exactly. */
    void widenBfloat16(short[] a, int ao, float[] b, int bo, int n);

    /** Float32 to float16 bits, to nearest, ties to even; NaN becomes 0x7e00. */
    void narrowHalf(float[] a, int ao, short[] b, int bo, int n);

    /** Float32 to bfloat16 bits, to nearest, ties to even; NaN becomes 0x7fc0. */
    void narrowBfloat16(float[] a, int ao, short[] b, int bo, int n);
}
