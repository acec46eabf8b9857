using Tandem.Calls.Tenants;

namespace Tandem.Calls.Calls;

/// <summary>The record of one ended call (CDR). Written once, with its event, in one transaction.</summary>
public sealed record CallDetailRecord
{
    public required CallId Id { get; init; }

    public required TenantId Tenant { get; init; }

    /// <summary>Follows the call through logs, events and other services.</summary>
    public required string TraceId { get; init; }

    public required string CallerNumber { get; init; }

    public required string CalleeNumber { get; init; }

    /// <summary>Signalling address of the caller, <c>host:port</c>.</summary>
    public string CallerAddress { get; init; } = "";

    /// <summary>Signalling address of the contact that answered (or was rung last), <c>host:port</c>.</summary>
    public string CalleeAddress { get; init; } = "";

    /// <summary>SIP Call-ID of the caller's leg.</summary>
    public string CallerSipCallId { get; init; } = "";

    /// <summary>SIP Call-ID of the leg that answered (or was rung last).</summary>
    public string CalleeSipCallId { get; init; } = "";

    public required DateTimeOffset InitiatedAt { get; init; }

    public DateTimeOffset? RingingAt { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    public required Verdict Verdict { get; init; }

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

    /// <summary>Packets from the caller, relayed to the callee.</summary>
    public DirectionStatistics FromCaller { get; init; } = DirectionStatistics.None;

    /// <summary>Packets from the callee, relayed to the caller.</summary>
    public DirectionStatistics FromCallee { get; init; } = DirectionStatistics.None;

    /// <summary>What few calls have: legs that did not answer, a price, menus, recordings. Null for the others.</summary>
    public CallExtras? Extras { get; init; }

    /// <summary>Answer to end; zero for a call that was never answered.</summary>
    public TimeSpan Duration => AnsweredAt is { } answered && EndedAt > answered ? EndedAt - answered : TimeSpan.Zero;
}
