namespace Tandem.Sip.Authentication;

/// <summary>The answer of <see cref="DigestAuthenticator.Check"/>.</summary>
/// <param name="Outcome">What the credentials are worth.</param>
/// <param name="User">For Ok the name as <see cref="IDigestUsers"/> knows it; for Wrong the name that was claimed (untrusted); otherwise null.</param>
/// <param name="Algorithms">The algorithms to challenge with; null for those of the installation.</param>
public readonly record struct DigestResult(DigestOutcome Outcome, string? User = null, DigestAlgorithms? Algorithms = null)
{
    public bool IsOk => Outcome == DigestOutcome.Ok;

    /// <summary>The <c>stale</c> flag of the challenge to send.</summary>
    public bool IsStale => Outcome == DigestOutcome.Stale;
}
