/**
 * Spans for what LangChain4j does: calls of models, tools and retrievers, AI services and
 * agents.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.langchain4j;

import org.jspecify.annotations.NullMarked;
