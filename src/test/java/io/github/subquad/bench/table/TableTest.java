package io.github.subquad.bench.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

class TableTest {
    private static final String ESCAPE = "\u001b";

    private static final Table TABLE =
            new Table(
                    List.of(
                            new Table.Column("name", Table.Side.LEFT),
                            new Table.Column("×", Table.Side.RIGHT),
                            new Table.Column("note", Table.Side.LEFT)),
                    List.of(List.of("a_b", "1.25", "–"), List.of("long name", "10", "x | y & z")));

    private static final Table HOSTILE =
            new Table(
                    List.of(
                            new Table.Column("name", Table.Side.LEFT),
                            new Table.Column("n", Table.Side.RIGHT)),
                    List.of(List.of(ESCAPE + "[2J\nx\u202e", "\u009b1m")));

    @Test
    void plainTextIsAlignedUnderARuleWithoutBlanksAtTheEnds() {
        assertThat(PlainText.of(TABLE))
                .isEqualTo(
                        """
                        name          ×  note
                        ──────────────────────────
                        a_b        1.25  –
                        long name    10  x | y & z
                        """);
    }

    @Test
    void noFormatLetsACommandReachTheTerminal() {
        assertThat(PlainText.of(HOSTILE))
                .isEqualTo(
                        """
                        name                      n
                        ───────────────────────────
                        \\u001b[2J x\\u202e  \\u009b1m
                        """);
        assertThat(Markdown.of(HOSTILE)).contains("| \\\\u001b\\[2J x\\\\u202e | \\\\u009b1m |");
        assertThat(Latex.of(HOSTILE)).contains("\\textbackslash{}u001b{[}2J x");
        assertThat(Latex.comment(ESCAPE + "c\n\\input{x}")).isEqualTo("% \\u001bc \\input{x}\n");
        assertThat(Csv.escaped(ESCAPE + "c")).isEqualTo("\\u001bc");
    }

    @Test
    void markdownEndsNoCellEarly() {
        assertThat(Markdown.of(TABLE))
                .isEqualTo(
                        """
                        | name | × | note |
                        | :-- | --: | :-- |
                        | a\\_b | 1.25 | – |
                        | long name | 10 | x \\| y \\& z |
                        """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            quoteCharacter = '"',
            textBlock =
                    """
                    <b>x</b>     → \\<b\\>x\\</b\\>
                    &lt;         → \\&lt;
                    `a` *b* ~~c~~ → \\`a\\` \\*b\\* \\~\\~c\\~\\~
                    [a](b)       → \\[a\\](b)
                    $x$          → \\$x\\$
                    # a          → \\# a
                    - a          → \\- a
                    12. a        → 12\\. a
                    -1.5         → -1.5
                    1.5          → 1.5
                    ---          → \\---
                    a\\          → a\\\\
                    """)
    void markdownIsText(String text, String escaped) {
        assertThat(Markdown.escaped(text)).isEqualTo(escaped);
    }

    @Test
    void latexHasTheRulesOfBooktabs() {
        assertThat(Latex.of(TABLE))
                .isEqualTo(
                        """
                        \\begin{tabular}{lrl}
                        \\toprule
                        name & $\\times$ & note \\\\
                        \\midrule
                        a\\_b & 1.25 & -- \\\\
                        long name & 10 & x \\textbar{} y \\& z \\\\
                        \\bottomrule
                        \\end{tabular}
                        """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    \\input{x}; \\textbackslash{}input\\{x\\}
                    50% #1 $x$; 50\\% \\#1 \\$x\\$
                    a^b~c     ; a\\textasciicircum{}b\\textasciitilde{}c
                    [2cm]     ; {[}2cm{]}
                    *         ; {*}
                    <x>       ; \\textless{}x\\textgreater{}
                    """)
    void latexIsText(String text, String escaped) {
        assertThat(Latex.escaped(text)).isEqualTo(escaped);
    }

    @Test
    void csvQuotesWhatWouldEndAFieldAndLeavesEmptyWhatIsNotThere() {
        List<Csv.Field<String>> fields =
                List.of(
                        new Csv.Field<>("text", text -> text),
                        new Csv.Field<>("length", String::length),
                        new Csv.Field<>("none", _ -> null));
        assertThat(Csv.of(fields, List.of("plain", "a,b", "say \"a\"", "a\nb")))
                .isEqualTo(
                        """
                        text,length,none
                        plain,5,
                        "a,b",3,
                        "say ""a\""",7,
                        "a
                        b",3,
                        """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1"})
    void csvTextIsNoFormula(String text) {
        assertThat(Csv.escaped(text)).isEqualTo("'" + text);
        assertThat(Csv.escaped("a" + text)).isEqualTo("a" + text);
    }

    @Test
    void csvNumbersStayNumbers() {
        var field = new Csv.Field<Number>("=n", number -> number);
        assertThat(Csv.of(List.of(field), List.of(-1.5, -2)))
                .isEqualTo(
                        """
                        '=n
                        -1.5
                        -2
                        """);
    }

    @Test
    void aRowNeedsACellForEveryColumn() {
        assertThatThrownBy(() -> new Table(TABLE.columns(), List.of(List.of("a", "b"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rows: expected 3 cells, got 2");
    }
}
