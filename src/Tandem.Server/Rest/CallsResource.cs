using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Core.Text;
using Tandem.Server.Http;
using Tandem.Storage;

namespace Tandem.Server.Rest;

/// <summary>Calls in progress and ended: <c>/api/calls</c> (document 5).</summary>
public static class CallsResource
{
    /// <summary>How many ended calls document 5 keeps; the database keeps all.</summary>
    private const int HistoryWindow = 1_000;
    private const int DefaultLimit = 50;

    // A call that ended a moment ago is in the history: the read waits for the writer, but not for a database that is away.
    private static readonly TimeSpan WriterPatience = TimeSpan.FromMilliseconds(250);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/calls", Active).Needs(Permission.CallsRead).WithSummary("Calls in progress");
        api.MapGet("/calls/history", HistoryAsync).Needs(Permission.CdrRead).Produces<BareFailure>(400).WithSummary("The newest 1000 ended calls, oldest first");
    }

    private static Ok<List<ActiveCall>> Active(Identity who, IExchangeView exchange, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var calls = exchange.ActiveCalls(who.Tenant);
        var views = new List<ActiveCall>(calls.Count);
        foreach (var call in calls)
            views.Add(ActiveCall.From(call, now));
        return ApiAnswer.Bare(views);
    }

    private static async Task<Results<Ok<List<EndedCall>>, JsonHttpResult<BareFailure>>> HistoryAsync(
        Identity who, TandemStorage storage, TimeProvider time, CancellationToken cancellation, int? limit, int? offset)
    {
        if (limit is < 0)
            return ApiAnswer.FailBare(400, "limit must not be negative");
        if (offset is < 0)
            return ApiAnswer.FailBare(400, "offset must not be negative");

        try
        {
            await storage.Writer.FlushAsync(cancellation).WaitAsync(WriterPatience, time, cancellation);
        }
        catch (TimeoutException)
        {
            // The answer lacks the calls that still wait for the database.
        }

        var records = await storage.Cdrs.HistoryAsync(who.Tenant, HistoryWindow, offset ?? 0, Math.Min(limit ?? DefaultLimit, HistoryWindow), cancellation);
        return ApiAnswer.Bare(records.Select(EndedCall.From).ToList());
    }
}

/// <summary>A call in progress, as one of its extensions sees it. <see cref="Id"/> is Tandem's key, callId the Call-ID of the caller's phone.</summary>
/// <param name="Duration">Seconds since the answer, 0 before.</param>
public sealed record UserCall(
    string CallId, string FromNumber, string ToNumber, string State, DateTimeOffset InviteTime, DateTimeOffset? AnswerTime, double Duration, string Id)
{
    internal static UserCall From(CallSnapshot call, DateTimeOffset now) => new(
        call.CallerSipCallId, call.CallerNumber, call.CalleeNumber, CallText.State(call.State), call.InitiatedAt, call.AnsweredAt,
        CallText.Talked(call, now), call.Id.Value);
}

/// <summary>A call in progress. The fields up to <see cref="ToAddress"/> are document 5's.</summary>
/// <param name="FromAddress">The IP address of the caller's phone; empty before it is known.</param>
/// <param name="TransferredBy">The number that had the call made by a transfer; empty for any other call.</param>
/// <param name="TransferredFrom">The <c>id</c> of the call that a party came from.</param>
/// <param name="Recording"><c>none</c>, <c>recording</c>, <c>paused</c> or <c>masked</c>.</param>
public sealed record ActiveCall(
    string CallId, string FromNumber, string ToNumber, string State, DateTimeOffset InviteTime, DateTimeOffset? AnswerTime, double Duration,
    string FromAddress, string ToAddress, int FromPort, int ToPort, string Id, string TraceId, bool HeldByCaller, bool HeldByCallee,
    string TransferredBy, string? TransferredFrom, string Recording)
{
    internal static ActiveCall From(CallSnapshot call, DateTimeOffset now)
    {
        var (fromHost, fromPort) = CallText.Split(call.CallerAddress);
        var (toHost, toPort) = CallText.Split(call.CalleeAddress);
        return new ActiveCall(
            call.CallerSipCallId, call.CallerNumber, call.CalleeNumber, CallText.State(call.State), call.InitiatedAt, call.AnsweredAt,
            CallText.Talked(call, now), fromHost, toHost, fromPort, toPort, call.Id.Value, call.TraceId, call.HeldByCaller, call.HeldByCallee,
            call.TransferredBy, call.TransferredFrom?.Value, CallText.Recording(call.Recording));
    }
}

/// <summary>An ended call. The fields up to <see cref="TerminationReason"/> are document 5's.</summary>
/// <param name="Duration">Seconds from answer to end, 0 for a call that was never answered.</param>
/// <param name="TransferredBy">The number that had the call made by a transfer; empty for any other call.</param>
/// <param name="TransferredFrom">The <c>id</c> of the call that a party came from.</param>
/// <param name="TransferredTo">The <c>id</c> of the call that a party went to.</param>
/// <param name="CallerMedia">What came from the caller.</param>
/// <param name="CalleeMedia">What came from the callee.</param>
public sealed record EndedCall(
    string CallId, string FromNumber, string ToNumber, string State, DateTimeOffset InviteTime, DateTimeOffset? AnswerTime, DateTimeOffset EndTime,
    double Duration, string TerminationReason, string Id, string TraceId, CallVerdict Verdict,
    string TransferredBy, string? TransferredFrom, string? TransferredTo, CallMedia CallerMedia, CallMedia CalleeMedia)
{
    internal static EndedCall From(CallDetailRecord record) => new(
        record.CallerSipCallId, record.CallerNumber, record.CalleeNumber, CallText.State(CallState.Terminated), record.InitiatedAt, record.AnsweredAt,
        record.EndedAt, ApiTime.Seconds(record.Duration), CallText.Termination(record.Verdict.Reason), record.Id.Value, record.TraceId,
        CallVerdict.From(record.Verdict), record.TransferredBy, record.TransferredFrom?.Value, record.TransferredTo?.Value,
        CallMedia.From(record.FromCaller), CallMedia.From(record.FromCallee));
}

/// <summary>How a call ended: whose matter it was, why, the final SIP status, who ended it and the Q.850 cause.</summary>
public sealed record CallVerdict(string Result, string Reason, int SipStatus, string EndedBy, int Cause, string Text)
{
    internal static CallVerdict From(Verdict verdict) => new(
        CallText.Word(verdict.Result), CallText.Word(verdict.Reason), verdict.SipStatus, CallText.Word(verdict.EndedBy), verdict.Cause, verdict.Text);
}

/// <summary>Calls in the words of the API.</summary>
internal static class CallText
{
    public static string State(CallState state) => EnumText.Upper(state);

    public static string Recording(CallRecordingState state) => EnumText.Lower(state);

    /// <summary>NORMAL and TIMEOUT are document 5's words; what it did not tell apart has the name of our reason.</summary>
    public static string Termination(EndReason reason) => reason switch
    {
        EndReason.Completed => "NORMAL",
        EndReason.NoAnswer or EndReason.SetupTimeout => "TIMEOUT",
        _ => Word(reason),
    };

    /// <summary><c>NotRegistered</c> → <c>NOT_REGISTERED</c>.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => EnumText.Word(value);

    public static double Talked(CallSnapshot call, DateTimeOffset now) =>
        call.AnsweredAt is { } answered && (call.EndedAt ?? now) > answered ? ApiTime.Seconds((call.EndedAt ?? now) - answered) : 0;

    /// <summary>The host and port of <c>host:port</c>.</summary>
    public static (string Host, int Port) Split(string address)
    {
        var colon = address.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(address.AsSpan(colon + 1), out var port) || !NetAddress.TryParse(address.AsSpan(0, colon), 0, out var host))
            return (address, 0);

        // An address of IPv4 has one way to be written.
        return (address.AsSpan(0, colon).Contains(':') ? host.HostText() : address[..colon], port);
    }
}
