namespace Tandem.Media.Plan;

/// <summary>How the packets of one transport are secured; null in a plan means plain RTP. Immutable.</summary>
public abstract record SecurityPlan;
