package io.kosmos.samples.orchestrator;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * One run of the maintenance workflow: what is known of it so far. Thread-safe.
 */
public final class Maintenance {

	static final String RUNNING = "running";

	static final String WAITING = "waiting_for_approval";

	static final String COMPLETED = "completed";

	static final String APPROVED = "approved";

	static final String REJECTED = "rejected";

	static final String EXPIRED = "expired";

	static final String DENIED = "denied";

	static final String UNKNOWN_ASSET = "unknown_asset";

	static final String FAILED = "failed";

	private final String id = UUID.randomUUID().toString();

	private final String traceId;

	private final CompletableFuture<String> verdict = new CompletableFuture<>();

	private volatile String state = RUNNING;

	private volatile @Nullable String asset;

	private volatile String plan = "No asset that is known is named.";

	private volatile Spending spending = Spending.NOTHING;

	Maintenance(String traceId) {
		this.traceId = traceId;
	}

	/**
	 * What people call this run by.
	 * @return the id
	 */
	public String id() {
		return this.id;
	}

	/**
	 * Where to look the run up.
	 * @return id of the trace that it began in
	 */
	public String traceId() {
		return this.traceId;
	}

	/**
	 * Where the run is.
	 * @return {@link #RUNNING}, {@link #WAITING}, or why it ended
	 */
	public String state() {
		return this.state;
	}

	@Nullable String asset() {
		return this.asset;
	}

	String plan() {
		return this.plan;
	}

	Spending spending() {
		return this.spending;
	}

	void planned(Asset asset, LlmClient.Completion plan) {
		this.asset = asset.id();
		this.plan = plan.text();
		this.spending = plan.spending();
	}

	/**
	 * Wait for a human.
	 * @param limit how long at most
	 * @return {@link #APPROVED}, {@link #REJECTED} or, after the limit, {@link #EXPIRED}
	 */
	CompletableFuture<String> awaitVerdict(Duration limit) {
		this.state = WAITING;
		return this.verdict.completeOnTimeout(EXPIRED, limit.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Decide, if the run waits for that and nobody has decided before.
	 * @param verdict {@link #APPROVED} or {@link #REJECTED}
	 * @return whether it counts
	 */
	boolean decide(String verdict) {
		return this.state.equals(WAITING) && this.verdict.complete(verdict);
	}

	void resume() {
		this.state = RUNNING;
	}

	void end(String reason) {
		this.state = reason;
	}

}
