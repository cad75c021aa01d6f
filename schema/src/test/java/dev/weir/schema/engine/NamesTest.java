package dev.weir.schema.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.schema.model.Index;
import java.util.List;
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

    @Test
    void nameOfOddParts_hasOneHashAndOneEnd() {
        assertThat(Names.index("t", Index.on("(lower(n)) desc", "id").withUnique()))
                .matches("t_lower_n__desc_id_[0-9a-f]{8}_key");
        assertThat(Names.foreignKey("dot.ted", List.of("self"))).matches("dot_ted_self_[0-9a-f]{8}_fkey");
        assertThat(Names.index("t", Index.on("a").where("a > 5"))).matches("t_a_[0-9a-f]{8}_idx");
        assertThat(Names.index("t", Index.on("(lower(n))").where("a > 5")))
                .isNotEqualTo(Names.index("t", Index.on("(lower(n))").where("a > 6")))
                .matches("t_lower_n__[0-9a-f]{8}_idx");
        assertThat(Names.primaryKey("users")).isEqualTo("users_pkey");
    }
}
