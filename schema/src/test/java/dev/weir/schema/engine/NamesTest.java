package dev.weir.schema.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.schema.model.Index;
import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void anIndexByAMethodOfManyWords_hasANameOfLettersThatFits() {
        Index index = Index.on("words").using("btree include (a_long_column, another_long_column) nulls not distinct");
        assertThat(Names.index("a_table_of_some_length", index))
                .matches("\\w{1,60}")
                .isNotEqualTo(Names.index("a_table_of_some_length", Index.on("words")));
        assertThat(Names.index("t", Index.on("a").using("gin"))).isEqualTo("t_a_gin_idx");
    }
}
