package io.github.subquad.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.json.JsonMapper;

class EscapeTest {
    @Test
    void htmlKeepsTextOutOfTagsAndAttributes() {
        assertThat(Escape.html("<b a='x' b=\"y\">&amp;"))
                .isEqualTo("&lt;b a=&#39;x&#39; b=&quot;y&quot;&gt;&amp;amp;");
    }

    @Test
    void jsonMeansTheSameAndHoldsNothingThatEndsAScript() {
        String text = "</script><!--<script>&\u2028\u2029'\"\\";
        String json = JsonMapper.shared().writeValueAsString(text);
        assertThat(Escape.json(json)).doesNotContain("<", ">", "&", "\u2028", "\u2029");
        assertThat(JsonMapper.shared().readValue(Escape.json(json), String.class)).isEqualTo(text);
    }
}
