package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What cannot be done ends with one line that says why, with the exit status, and with all files as
 * they were. {@code @} stands for the folder of {@link BadFiles}, {@code BAD} for a result that
 * must not appear.
 */
class BadInputTest {
    private static final String GOOD = "attend --input @/good.safetensors --output @/BAD ";
    private static final String NPY = " --query @/q.npy --key @/k.npy --value @/v.npy ";

    @TempDir private Path folder;

    @BeforeEach
    void fillFolder() throws IOException {
        BadFiles.writeTo(folder);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiterString = "=>",
            quoteCharacter = '`',
            textBlock =
                    """
                    --log-sum-exp-output @/BAD2           => --log-sum-exp-output: goes with --query; here give --log-sum-exp
                    --mask @/q.npy --mask-tensor mask     => expected either --mask or --mask-tensor, got both
                    --threads zero                        => --threads: 'zero' is not an int
                    --threads 0                           => --threads: expected at least 1, got 0
                    --threads 2 --threads 3               => option '--threads' (N) should be specified only once
                    --query-chunk-size 99999999999        => --query-chunk-size: '99999999999' is not an int
                    --kv-chunk-size -1                    => --kv-chunk-size: expected at least 1, got -1
                    --kv-chunk-size-min 0                 => --kv-chunk-size-min: expected at least 1, got 0
                    --scale                               => Missing required parameter for option '--scale' (FACTOR)
                    --scale NaN                           => --scale: expected a finite number, got NaN
                    --memory-budget 64MB                  => --memory-budget: expected a size such as 64MiB, got '64MB'
                    --memory-budget 9999999999TiB         => --memory-budget: '9999999999TiB' exceeds 63 bits of bytes
                    --memory-budget 1 --backend reference => --memory-budget: this shape needs at least 184 bytes (184 B), got 1
                    --causal=left                         => --causal: expected one of bottom-right, top-left, got 'left'
                    --precision int8                      => --precision: expected one of f32, f16, bf16, got 'int8'
                    --kernel turbo                        => --kernel: expected one of auto, staged, fused, got 'turbo'
                    --kernel-step 0                       => --kernel-step: expected at least 1, got 0
                    --merge nowhere                       => --merge: expected one of device, host, got 'nowhere'
                    --backend reference --device 7        => --device: expected one of [reference:0 (float64, row by row, one thread)], got '7'
                    --backend reference --kernel fused    => --kernel: expected auto or staged for the reference backend, got fused
                    """)
    void aWrongOptionOfAttend(String options, String message) throws IOException {
        check(GOOD + options, 2, message);
    }

    @ParameterizedTest(name = "--output {0}")
    @CsvSource(
            delimiterString = "=>",
            quoteCharacter = '`',
            textBlock =
                    """
                    @/BAD.safetensors                => --output: expected a file of the inputs' format, got @/BAD.safetensors
                    @/a-folder/../v.npy              => --output: @/a-folder/../v.npy is an input; name another file
                    @/BAD --log-sum-exp              => --log-sum-exp: goes with --input; here give --log-sum-exp-output FILE
                    @/BAD --log-sum-exp-output @/BAD => --log-sum-exp-output: @/BAD is --output
                    @/BAD --mask-tensor mask         => --mask-tensor: goes with --input; here give --mask FILE
                    """)
    void aWrongOutputForNpyInputs(String output, String message) throws IOException {
        check("attend" + NPY + "--output " + output, 2, message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiterString = "=>",
            quoteCharacter = '`',
            textBlock =
                    """
                    attend --inptu x                                             => unknown option '--inptu'; is it --input?
                    attend                                                       => expected --input, or --query and --key and --value
                    attend --input @/good.safetensors                            => expected --output FILE
                    attend --query @/q.npy --key @/k.npy --output @/BAD          => expected --input, or --query and --key and --value
                    attend --input @/good.safetensors --query @/q.npy --output @/BAD => expected either --input or --query, --key and --value, got both
                    attend --input @/good.safetensors --output @/good.safetensors => --output: @/good.safetensors is an input; name another file
                    attend --input @/good.safetensors --output @/BAD.npy         => --output: expected a file of the inputs' format, got @/BAD.npy
                    verify --shape 8,4096                                        => --shape: expected BH,Q,K,D or BH,Q,K,D,DV such as 8,4096,4096,64, got '8,4096'
                    verify --shape 8,4096,-1,64                                  => --shape: expected BH,Q,K,D or BH,Q,K,D,DV such as 8,4096,4096,64, got '8,4096,-1,64'
                    verify --shape 2,5,7,0                                       => --shape: channels: expected at least 1, got 0
                    verify --shape 3,5,7,4 --kv-heads 2                          => --shape: query heads: expected a multiple of the 2 key heads, got 3
                    verify --kv-heads 2                                          => --shape: expected BH,Q,K,D or BH,Q,K,D,DV such as 8,4096,4096,64, got nothing
                    verify --shape 2,5,7,4 --input @/good.safetensors            => expected either --shape or files to read, got both
                    verify --shape 4294967296,4294967296,1,1                     => --shape: query: expected at most 2^56 elements, got 4294967296 x 4294967296 x 1
                    plan --shape 1,4294967296,4294967296,4294967296              => --shape: query: expected at most 2^56 elements, got 1 x 4294967296 x 4294967296
                    plan                                                         => --shape: expected BH,Q,K,D or BH,Q,K,D,DV such as 8,4096,4096,64, got nothing
                    plan extra                                                   => unknown argument 'extra'
                    plan --shape 2,5,7,4 --no-checkpoint                         => --no-checkpoint: goes with --gradients
                    verify --shape 2,5,7,4 --no-checkpoint                       => --no-checkpoint: goes with --gradients
                    grad                                                         => expected --input, or --query and --key and --value
                    kernels --backend cpu                                        => --backend: 'cpu' compiles no kernels
                    kernels --backend cpu --shape 8,4096                         => --shape: expected BH,Q,K,D or BH,Q,K,D,DV such as 8,4096,4096,64, got '8,4096'
                    devices --all                                                => unknown option '--all'
                    """)
    void aWrongCommandLine(String line, String message) throws IOException {
        check(line, 2, message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiterString = "=>",
            quoteCharacter = '`',
            textBlock =
                    """
                    none.safetensors                 => no such file
                    a-folder                         => expected a regular file to map into memory
                    empty.safetensors                => at byte 0: a safetensors file has at least 8 bytes, this one 0
                    header-of-2-64-bytes.safetensors => at byte 0: header length 18446744073709551615 is past the end of the file (10 bytes); is this safetensors?
                    truncated.safetensors            => at byte 135: tensor 'value' ends at data byte 608, but the file has 607 bytes of data
                    longer.safetensors               => at byte 808: the last tensor ends at data byte 608, but the file has 609 bytes of data
                    text.safetensors                 => at byte 8: the header does not begin with '{'
                    deep.safetensors                 => at byte 17: tensor 'query': expected an object, got an array
                    twice.safetensors                => at byte 66: tensor 'query' is there twice
                    overlap.safetensors              => at byte 66: tensor 'key' begins at data byte 0, an overlap: the one before ends at 4
                    gap.safetensors                  => at byte 66: tensor 'key' begins at data byte 8, a gap: the one before ends at 4
                    overflow.safetensors             => at byte 9: tensor 'query' of F32 [4294967296, 4294967296] exceeds 63 bits
                    int64.safetensors                => at byte 9: tensor 'query' is I64; expected F32, F16, BF16, BOOL or U8: convert it before it is saved
                    no-key.safetensors               => no tensor 'key'; there are: 'query'
                    q.npy                            => at byte 0: header length 379676406402707 is past the end of the file (288 bytes); is this safetensors?
                    """)
    void aBadSafetensorsFile(String file, String reason) throws IOException {
        check(
                "attend --input @/%s --output @/BAD".formatted(file),
                1,
                "@/%s: %s".formatted(file, reason));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiterString = "=>",
            quoteCharacter = '`',
            textBlock =
                    """
                    fortran.npy      => at byte 10: the array is in Fortran order: save it with numpy.save(file, numpy.ascontiguousarray(array))
                    big-endian.npy   => at byte 10: '>f4' is big-endian: save it with array.astype(numpy.float32)
                    float64.npy      => at byte 10: '<f8' is not float32, float16, bool or uint8: convert with .astype(numpy.float32)
                    objects.npy      => at byte 10: '|O' holds pickled objects, which are never read: save it with array.astype(numpy.float32)
                    truncated.npy    => at byte 68: shape [2, 3] of F32 takes 24 bytes, but the file holds fewer: 23
                    overflow.npy     => at byte 86: shape [4294967296, 4294967296] exceeds 63 bits
                    text.npy         => at byte 0: this is no npy file: it does not begin with \\x93NUMPY and a version
                    archive.npy      => at byte 0: this is a zip archive such as .npz: save one array as .npy
                    good.safetensors => at byte 0: this is no npy file: it does not begin with \\x93NUMPY and a version
                    """)
    void aBadNpyFile(String file, String reason) throws IOException {
        check(
                "verify --key @/k.npy --value @/v.npy --query @/" + file,
                1,
                "@/%s: %s".formatted(file, reason));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiterString = "=>",
            quoteCharacter = '`',
            textBlock =
                    """
                    attend --input @/good.safetensors --output @/BAD --mask-tensor mask => @/good.safetensors: no tensor 'mask'; there are: 'key', 'query', 'value'
                    attend --input @/good.safetensors --output @/BAD --mask @/none.npy => @/none.npy: no such file
                    """)
    void aMaskThatIsNotThere(String line, String message) throws IOException {
        check(line, 1, message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiterString = "=>",
            quoteCharacter = '`',
            textBlock =
                    """
                    --input @/rank-2.safetensors                     => query: expected [batch*heads, tokens, channels] or [batch, heads, tokens, channels], got F32 [5, 4]
                    --input @/ranks.safetensors                      => key: expected the query's rank 4, got 3 (F32 [2, 7, 4])
                    --input @/channels.safetensors                   => key: expected the query's channels 4, got 3 (F32 [2, 7, 3])
                    --input @/tokens.safetensors                     => value: expected the key's tokens 7, got 6 (F32 [2, 6, 4])
                    --input @/heads.safetensors                      => query heads: expected a multiple of the 2 key heads, got 3
                    --input @/no-channels.safetensors                => channels: expected at least 1, got 0
                    --query @/bool.npy --key @/k.npy --value @/v.npy => query: expected F32, F16 or BF16, got BOOL [2, 5, 4]
                    --input @/good.safetensors --mask @/mask.npy     => mask: expected [1|2, 1|5, 7] or [1|1, 1|2, 1|5, 7], got BOOL [2, 5, 6]
                    --input @/masked.safetensors --mask-tensor mask  => mask: expected [1|2, 1|5, 7] or [1|1, 1|2, 1|5, 7], got F16 [3, 1, 7]
                    --shape 2,5,7,4 --mask @/mask.npy                => mask: expected [1|2, 1|5, 7] or [1|1, 1|2, 1|5, 7], got BOOL [2, 5, 6]
                    """)
    void tensorsThatDoNotFitEachOther(String inputs, String message) throws IOException {
        check("verify " + inputs, 1, message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiterString = "=>",
            quoteCharacter = '`',
            textBlock =
                    """
                    @/none/BAD  => @/none/BAD: there is no directory @/none
                    @/q.npy/BAD => @/q.npy/BAD: there is no directory @/q.npy
                    @/a-folder  => @/a-folder: expected a file to write, got a directory
                    """)
    void anOutputThatCannotBeWritten(String output, String message) throws IOException {
        check("attend --input @/good.safetensors --output " + output, 1, message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiterString = "=>",
            quoteCharacter = '`',
            textBlock =
                    """
                    --output @/gradients.safetensors                   => --output: @/gradients.safetensors is an input; name another file
                    --output @/BAD.npy                                 => --output: expected a file of the inputs' format, got @/BAD.npy
                    --log-sum-exp                                      => expected --output FILE
                    --output @/BAD --query @/q.npy                     => expected either --input or --query, --key and --value, got both
                    --output @/BAD --grad-output @/do.npy              => --grad-output: goes with --query; here the tensor grad_output of --input is taken
                    --output @/BAD --log-sum-exp-output @/BAD2         => --log-sum-exp-output: goes with --query; here give --log-sum-exp
                    --output @/BAD --grad-query-output @/BAD2          => --grad-query-output: goes with --query; here grad_query goes to --output
                    --output @/BAD --grad-mask-output @/BAD2           => --grad-mask-output: goes with --query; here grad_mask goes to --output
                    --output @/BAD --grad-mask                         => --grad-mask: expected a mask, got none
                    --output @/BAD --grad-mask --mask-tensor visible   => --grad-mask: expected a mask of numbers, got BOOL [5, 7]
                    --output @/BAD --memory-budget 1 --backend reference => --memory-budget: this shape needs at least 184 bytes (184 B), got 1
                    """)
    void aWrongOptionOfGrad(String options, String message) throws IOException {
        check("grad --input @/gradients.safetensors " + options, 2, message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiterString = "=>",
            quoteCharacter = '`',
            textBlock =
                    """
                    --grad-query-output @/BAD                           => expected --grad-output FILE
                    --grad-output @/do.npy                              => expected --grad-query-output, --grad-key-output, --grad-value-output or --grad-mask-output
                    --grad-output @/do.npy --output @/BAD               => expected --grad-query-output, --grad-key-output, --grad-value-output or --grad-mask-output
                    --grad-output @/do.npy --grad-query-output @/q.npy  => --grad-query-output: @/q.npy is an input; name another file
                    --grad-output @/do.npy --grad-query-output @/do.npy => --grad-query-output: @/do.npy is an input; name another file
                    --grad-output @/do.npy --grad-key-output @/BAD.safetensors => --grad-key-output: expected a file of the inputs' format, got @/BAD.safetensors
                    --grad-output @/do.npy --grad-key-output @/BAD --grad-value-output @/a-folder/../BAD => --grad-value-output: @/a-folder/../BAD is --grad-key-output
                    --grad-output @/do.npy --output @/BAD --grad-query-output @/BAD => --grad-query-output: @/BAD is --output
                    --grad-output @/do.npy --grad-query-output @/BAD --grad-mask => --grad-mask: goes with --input; here give --grad-mask-output FILE
                    --grad-output @/do.npy --grad-query-output @/BAD --log-sum-exp => --log-sum-exp: goes with --input; here give --log-sum-exp-output FILE
                    --grad-output @/do.npy --grad-mask-output @/BAD      => --grad-mask-output: expected a mask, got none
                    --grad-output @/do.npy --grad-mask-output @/BAD --mask @/mask.npy => --grad-mask-output: expected a mask of numbers, got BOOL [2, 5, 6]
                    """)
    void aWrongOptionOfGradForNpyInputs(String options, String message) throws IOException {
        check("grad" + NPY + options, 2, message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiterString = "=>",
            quoteCharacter = '`',
            textBlock =
                    """
                    grad --output @/BAD --input @/good.safetensors             => @/good.safetensors: no tensor 'grad_output'; there are: 'key', 'query', 'value'
                    grad --output @/BAD --input @/grad-channels.safetensors    => grad_output: expected F32, F16 or BF16 of shape [2, 5, 4], got F32 [2, 5, 3]
                    grad --output @/BAD --input @/grad-rank.safetensors        => grad_output: expected F32, F16 or BF16 of shape [2, 5, 4], got F32 [1, 2, 5, 4]
                    grad --output @/BAD --input @/grad-bool.safetensors        => grad_output: expected F32, F16 or BF16 of shape [2, 5, 4], got BOOL [2, 5, 4]
                    grad --output @/BAD --input @/channels.safetensors         => @/channels.safetensors: no tensor 'grad_output'; there are: 'key', 'query', 'value'
                    grad --output @/none/BAD --input @/gradients.safetensors   => @/none/BAD: there is no directory @/none
                    grad --output @/BAD --input @/gradients.safetensors --mask @/mask.npy => mask: expected [1|2, 1|5, 7] or [1|1, 1|2, 1|5, 7], got BOOL [2, 5, 6]
                    verify --gradients --input @/grad-channels.safetensors     => grad_output: expected F32, F16 or BF16 of shape [2, 5, 4], got F32 [2, 5, 3]
                    """)
    void gradientsOfTensorsThatDoNotFit(String line, String message) throws IOException {
        check(line, 1, message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiterString = "=>",
            quoteCharacter = '`',
            textBlock =
                    """
                    --grad-output @/do-tokens.npy --grad-query-output @/BAD            => grad_output: expected F32, F16 or BF16 of shape [2, 5, 4], got F32 [2, 6, 4]
                    --grad-output @/none.npy --grad-query-output @/BAD                 => @/none.npy: no such file
                    --grad-output @/do.npy --output @/BAD --grad-key-output @/none/BAD => @/none/BAD: there is no directory @/none
                    """)
    void gradientsOfNpyFilesThatDoNotFit(String options, String message) throws IOException {
        check("grad" + NPY + options, 1, message);
    }

    @Test
    void anUnknownCommand() throws IOException {
        String commands = String.join(", ", Main.commandLine().getSubcommands().keySet());
        check("frobnicate", 2, "unknown command 'frobnicate'; expected " + commands);
    }

    @Test
    void anUnknownBackend() {
        Run run = Run.ofLine("verify --shape 1,2,3,4 --backend abacus");
        assertThat(run.err())
                .startsWith("subquad: --backend: expected auto, ")
                .endsWith(", got 'abacus'" + System.lineSeparator());
        assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void moreMemoryThanThereIs() {
        Run run = Run.ofLine("verify --shape 1,1,1000000000000,1");
        assertThat(run.err())
                .startsWith("subquad: out of memory: ")
                .endsWith(
                        "; take smaller tensors, or a machine with more memory"
                                + System.lineSeparator());
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    void aStackTraceIsPrintedWithDebugAlone() {
        String line = here("attend --input @/none.safetensors --output @/BAD");
        assertThat(Run.ofLine(line).err()).hasLineCount(1);
        assertThat(Run.ofLine("--debug " + line).err())
                .contains("TensorFileException", "\tat " + AttendCommand.class.getName());
        assertThat(Run.ofLine(line + " --debug").err()).contains("TensorFileException");
    }

    private void check(String line, int status, String message) throws IOException {
        SortedMap<Path, String> before = files();
        Run run = Run.ofLine(here(line));
        assertThat(run.err()).isEqualTo("subquad: " + here(message) + System.lineSeparator());
        assertThat(run.out()).isEmpty();
        assertThat(run.status()).isEqualTo(status);
        assertThat(files()).isEqualTo(before);
    }

    private String here(String text) {
        return text.replace("@", folder.toString());
    }

    /** Every file with its size and time. */
    private SortedMap<Path, String> files() throws IOException {
        SortedMap<Path, String> all = new TreeMap<>();
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.put(file, Files.size(file) + " bytes, " + Files.getLastModifiedTime(file));
            }
        }
        return all;
    }
}
