package io.kosmos.tracing;

import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Opens the spans of agents, models, tools and workflows from code: the twin of
 * {@link TracedAgent @TracedAgent} and its siblings. Inject it as a bean; it is safe for
 * use by any number of threads. With {@code kosmos.tracing.enabled=false} the bean is
 * still there and only runs the work.
 *
 * <pre>
 * Answer answer = agents.agent("zeus").attribute(KosmosAttributes.AGENT_OPERATION, "route").in(() -&gt; {
 *     Completion completion = agents.llm("openai", "gpt-4o").in(() -&gt; client.complete(question));
 *     return answer(completion);
 * });
 * </pre>
 *
 * Each builder is a {@link Spans.Builder}, for work that returns a value, a
 * {@code CompletionStage}, {@code Mono} or {@code Flux}, for try-with-resources, and for
 * spans that end on another thread. What the attributes of {@link KosmosAttributes} and
 * {@link GenAiAttributes} say is understood, by whatever API they are set on the span: an
 * attribute of one is written beside its twin of the other (see
 * {@code kosmos.tracing.conventions}), usage becomes cost and metrics, and the spans of
 * agents and workflows carry the sums of all that runs below them, on whatever thread.
 * Metrics do not depend on sampling.
 * <p>
 * A blank name, a negative count and a number that is not finite are refused: the work
 * runs, the value is left out, and the refusal is counted and logged once.
 */
public interface AgentSpans {

	/**
	 * The work of an agent: {@code invoke_agent <name>}.
	 * @param name name of the agent, of low cardinality
	 * @return a builder
	 */
	Spans.Builder agent(String name);

	/**
	 * A call of a chat model: {@code chat <model>}, of kind CLIENT.
	 * @param provider provider of the model, in the values of
	 * {@link GenAiAttributes#PROVIDER_NAME}; {@code null} if not known
	 * @param model model that is asked, of low cardinality; {@code null} if not known
	 * @return a builder
	 */
	Spans.Builder llm(@Nullable String provider, @Nullable String model);

	/**
	 * A call of an embedding model: {@code embeddings <model>}, of kind CLIENT.
	 * @param provider provider of the model, in the values of
	 * {@link GenAiAttributes#PROVIDER_NAME}; {@code null} if not known
	 * @param model model that is asked, of low cardinality; {@code null} if not known
	 * @return a builder
	 */
	Spans.Builder embeddings(@Nullable String provider, @Nullable String model);

	/**
	 * The execution of a tool: {@code execute_tool <name>}.
	 * @param name name of the tool, of low cardinality
	 * @return a builder
	 */
	Spans.Builder tool(String name);

	/**
	 * A workflow or pipeline: {@code invoke_workflow <name>}.
	 * @param name name of the workflow, of low cardinality
	 * @return a builder
	 */
	Spans.Builder workflow(String name);

	/**
	 * A node of a workflow: {@code invoke_node <name>}.
	 * @param name name of the node, of low cardinality
	 * @return a builder
	 */
	Spans.Builder node(String name);

	/**
	 * The evaluation of a policy: {@code evaluate_policy <name>}. A string or an enum
	 * that the work returns is its {@link KosmosAttributes#POLICY_DECISION decision}.
	 * @param name name of the policy, of low cardinality
	 * @return a builder
	 */
	Spans.Builder policy(String name);

	/**
	 * A retrieval from a data source: {@code retrieval <source>}, of kind CLIENT.
	 * @param source name of the data source, of low cardinality
	 * @return a builder
	 */
	Spans.Builder retrieval(String source);

	/**
	 * An operation on an agent's memory, which names the span.
	 * @param operation the operation, such as {@code search_memory}
	 * @return a builder
	 */
	Spans.Builder memory(String operation);

	/**
	 * An agent's planning: {@code plan <name>}.
	 * @param name name of the plan, of low cardinality
	 * @return a builder
	 */
	Spans.Builder plan(String name);

	/**
	 * What models and tools did so far for the innermost agent or workflow that runs
	 * here, or for the HTTP request if there is none.
	 * @return the sums
	 */
	UsageSums usage();

	/**
	 * Count what another service did for the agents and workflows that run here, where no
	 * {@code Kosmos-Usage} header tells it: at the end of a stream, or in a message.
	 * @param usage what it did; refused if a count is negative
	 */
	void count(UsageSums usage);

	/**
	 * The call of a model that runs here: innermost of all operations around, whoever
	 * opened it.
	 * @return the call, or one that ignores all it is told if there is none
	 */
	default LlmCall currentLlm() {
		return llmIn(Context.current());
	}

	/**
	 * The call of a model that runs in a context.
	 * @param context a context, such as that of a {@link DetachedSpan}
	 * @return the call, or one that ignores all it is told if there is none
	 */
	LlmCall llmIn(Context context);

}
