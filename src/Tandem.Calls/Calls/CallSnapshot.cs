using Tandem.Calls.Tenants;

namespace Tandem.Calls.Calls;

/// <summary>An immutable picture of a call in progress, for the API. The call's shard replaces it at every change.</summary>
public sealed record CallSnapshot
{
    public required CallId Id { get; init; }

    public required TenantId Tenant { get; init; }

    public required string TraceId { get; init; }

    public required CallState State { get; init; }

    public required string CallerNumber { get; init; }

    public required string CalleeNumber { get; init; }

    /// <summary>The caller wants to stay unknown to the callee (RFC 3323, RFC 3325 §7).</summary>
    public bool CallerIsPrivate { get; init; }

    public string CallerAddress { get; init; } = "";

    public string CalleeAddress { get; init; } = "";

    public string CallerSipCallId { get; init; } = "";

    public string CalleeSipCallId { get; init; } = "";

    public required DateTimeOffset InitiatedAt { get; init; }

    public DateTimeOffset? RingingAt { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>True while the caller holds the callee.</summary>
    public bool HeldByCaller { get; init; }

    /// <summary>True while the callee holds the caller.</summary>
    public bool HeldByCallee { get; init; }

    /// <summary>Whether the call is being recorded.</summary>
    public CallRecordingState Recording { get; init; }

    /// <summary>Which way the call goes.</summary>
    public CallDirection Direction { get; init; }

    /// <summary>The profile that it came or went by, or was to go by first when none let it out; empty for an internal call.</summary>
    public string ProfileId { get; init; } = "";

    /// <summary>The number that had this call made by a transfer (REFER), or whose place the caller took (Replaces); empty for any other call.</summary>
    public string TransferredBy { get; init; } = "";

    /// <summary>The call from which a party of this one came; null for any other call.</summary>
    public CallId? TransferredFrom { get; init; }

    /// <summary>The call that a party of this one went to; null unless that happened.</summary>
    public CallId? TransferredTo { get; init; }

    /// <summary>The verdict, once the call has ended.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>The media session, while there is one.</summary>
    public Ports.IMediaSession? Media { get; init; }
}
