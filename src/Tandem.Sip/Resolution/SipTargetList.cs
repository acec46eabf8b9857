using Tandem.Sip.Engine;

namespace Tandem.Sip.Resolution;

/// <summary>
/// Where a request may go, in the order of trying (RFC 3263 §4). Immutable: one request keeps its order through all its attempts.
/// </summary>
public sealed class SipTargetList
{
    private readonly SipFlow[] _targets;

    private SipTargetList(SipFlow[] targets, string? domain, LocateFailure failure)
    {
        _targets = targets;
        Domain = domain;
        Failure = failure;
    }

    /// <summary>Targets; 0 when the URI leads nowhere.</summary>
    public int Count => _targets.Length;

    /// <summary>The name that the URI had: what the certificate of a TLS server must be for (RFC 5922 §7.3). Null when it had an address.</summary>
    public string? Domain { get; }

    /// <summary>Why there is no target.</summary>
    public LocateFailure Failure { get; }

    public SipFlow this[int index] => _targets[index];

    /// <summary>A list of one.</summary>
    public static SipTargetList Of(in SipFlow target, string? domain = null) => new([target], domain, LocateFailure.None);

    /// <summary>A list in the order of trying; not empty.</summary>
    public static SipTargetList Of(IReadOnlyCollection<SipFlow> targets, string? domain = null) =>
        targets.Count > 0 ? new([.. targets], domain, LocateFailure.None) : throw new ArgumentException("no target", nameof(targets));

    /// <summary>An empty list.</summary>
    public static SipTargetList Nowhere(LocateFailure failure, string? domain = null) => new([], domain, failure);

    /// <summary>The targets that fit, in the same order.</summary>
    public SipTargetList Where(Predicate<SipFlow> fits)
    {
        var left = Array.FindAll(_targets, fits);
        return left.Length == _targets.Length ? this : new(left, Domain, left.Length > 0 ? LocateFailure.None : LocateFailure.NotFound);
    }

    public override string ToString() => Count == 0 ? Failure.ToString() : string.Join(", ", _targets);
}
