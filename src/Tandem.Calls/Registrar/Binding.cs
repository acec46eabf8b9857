using Tandem.Calls.Tenants;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Registrar;

/// <summary>One contact of an extension (RFC 3261 §10). Immutable; a refresh makes a new one.</summary>
public sealed record Binding
{
    public required TenantId Tenant { get; init; }

    /// <summary>The extension, for example <c>100</c>.</summary>
    public required string Number { get; init; }

    /// <summary>The Contact URI as the phone wrote it, without brackets and header parameters.</summary>
    public required string ContactUri { get; init; }

    /// <summary>Where the REGISTER came from; requests to this contact go there (NAT, RFC 3581; connection reuse).</summary>
    public required SipFlow Flow { get; init; }

    /// <summary>The Path vector (RFC 3327), topmost first, each entry as a Route value with its brackets; empty when there is none.</summary>
    public IReadOnlyList<string> Path { get; init; } = [];

    /// <summary>The q-value in thousandths, 0 to 1000.</summary>
    public int Q { get; init; } = 1000;

    /// <summary>Call-ID of the REGISTER that made it.</summary>
    public required string RegisterCallId { get; init; }

    /// <summary>CSeq of that REGISTER.</summary>
    public required uint RegisterCSeq { get; init; }

    /// <summary>The granted lifetime in seconds.</summary>
    public required int ExpiresSeconds { get; init; }

    public required DateTimeOffset RegisteredAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The last REGISTER or answered keep-alive.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>REGISTER requests that made or refreshed this binding.</summary>
    public int RegistrationCount { get; init; } = 1;

    public string UserAgent { get; init; } = "";

    /// <summary>True when the source address differs from the Contact: the phone sits behind NAT and gets keep-alives.</summary>
    public bool BehindNat { get; init; }
}
