package io.kosmos.samples.orchestrator;

import io.kosmos.tracing.TracedPolicy;

import org.springframework.stereotype.Component;

/**
 * Says which work needs a human.
 */
@Component
public class RiskPolicy {

	static final String ALLOW = "allow";

	static final String DENY = "deny";

	static final String REQUIRE_APPROVAL = "require_approval";

	/**
	 * Decide whether work may go on.
	 * @param asset the asset to work on
	 * @return {@link #ALLOW}, {@link #DENY} or {@link #REQUIRE_APPROVAL}
	 */
	@TracedPolicy(name = "require_human_for_risk_high",
			rules = { "forbidden: deny", "high: require_approval", "low: allow" }, edge = "check_risk -> book_crew")
	public String evaluate(Asset asset) {
		return switch (asset.risk()) {
			case "low" -> ALLOW;
			case "high" -> REQUIRE_APPROVAL;
			default -> DENY;
		};
	}

}
