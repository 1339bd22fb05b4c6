package io.kosmos.tracing.autoconfigure.redaction;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SqlTextTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~',
			textBlock = """
					postgresql | select * from a where b = 'x''y' and c = 5      | select * from a where b = ? and c = ?
					postgresql | select E'it\\'s', N'x', B'01', X'ff', U&'d'      | select ?, ?, ?, ?, ?
					postgresql | select $$it's$$, $a$ $$ $a$ from t1 where a=$1   | select ?, ? from t1 where a=$1
					postgresql | select "Name" from "t 1" where a = '\\' and b=1   | select "Name" from "t 1" where a = ? and b=?
					postgresql | values (1, 1.5, .5, 1e-3, 0xCAFE, -7)            | values (?, ?, ?, ?, ?, -?)
					postgresql | select 1 -- for 'jane                            | select ? --?
					postgresql | /* jane */ select a/b from c                     | /*?*/ select a/b from c
					postgresql | select 'never closed                             | select ?
					mysql      | select "a\\"b", 'c\\'d' from `e 1` # jane         | select ?, ? from `e 1` #?
					oracle.db  | select q'[it's]', q'{a}' from dual               | select ?, ? from dual
					microsoft.sql_server | select [a b] from [c] where d = 'x'    | select [a b] from [c] where d = ?
					postgresql | select ARRAY[lower('hunter2'), a[1]] from t       | select ARRAY[lower(?), a[?]] from t
					sqlite     | select [a b] from u where n = "hunter2"           | select [a b] from u where n = ?
					h2         | select * from u where n = ?1 and m = 5            | select * from u where n = ?1 and m = ?
					azure.cosmosdb | select * from c where c.ssn = 'hunter2'       | select * from c where c.ssn = ?
					           | select "x" from a where b = 'c\\'                 | select ? from a where b = ?
					""")
	void shouldTakeOutLiterals(String system, String statement, String expected) {
		SqlText.Dialect dialect = SqlText.Dialect.of(system);
		assertThat(SqlText.edit(statement, dialect).result()).isEqualTo(expected);
		assertThat(SqlText.edit(expected, dialect).result()).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "select a1, b_2 from t1 where c = ? and d = :name and e = @p1 and f = $1",
			"insert into a (b, c) values (?, ?)", "select a::text, b[?] from c", "BEGIN" })
	void shouldLetStand(String statement) {
		assertThat(SqlText.edit(statement, SqlText.Dialect.STANDARD).result()).isSameAs(statement);
	}

}
