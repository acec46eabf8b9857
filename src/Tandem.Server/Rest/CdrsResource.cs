using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Storage;

namespace Tandem.Server.Rest;

/// <summary>Records of ended calls: <c>/api/v1/cdrs</c>.</summary>
public static class CdrsResource
{
    private const int MaxLimit = 500;
    private const int ExportPage = 1_000;
    private const int ExportFlush = 32 << 10;

    // A call that ended a moment ago is found: the read waits for the writer, but not for a database that is away.
    private static readonly TimeSpan WriterPatience = TimeSpan.FromMilliseconds(250);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/cdrs", ListAsync).Needs(Permission.CdrRead).Produces<Failure>(400).WithSummary("Records of ended calls, newest end first");
        api.MapGet("/cdrs/export", ExportAsync).Needs(Permission.CdrRead).Produces(200, contentType: "text/csv").Produces<Failure>(400).WithSummary("The same as CSV, all of them; with rows=legs a line for each leg");
        api.MapGet("/cdrs/{id}", FindAsync).Needs(Permission.CdrRead).Produces<Failure>(404).WithSummary("One record");
    }

    private static async Task<Results<Ok<Envelope<CdrPage>>, JsonHttpResult<Failure>>> ListAsync(
        Identity who, TandemStorage storage, TimeProvider time, [AsParameters] CdrQuery query, int? limit, string? cursor, CancellationToken cancellation)
    {
        if (limit is < 1 or > MaxLimit)
            return ApiAnswer.Fail(400, "BAD_REQUEST", $"limit must be 1 to {MaxLimit}");

        // One more than asked for tells whether there is another page.
        var count = limit ?? 50;
        var (filter, problem) = query.Read(count + 1, cursor);
        if (filter is null)
            return ApiAnswer.Fail(400, "BAD_REQUEST", problem!);

        await FlushAsync(storage, time, cancellation);
        var found = await storage.Cdrs.SearchAsync(who.Tenant, filter, cancellation);
        var page = found.Take(count).ToList();
        var recordings = await storage.Cdrs.RecordingsAsync(who.Tenant, page.ConvertAll(record => record.Id.Value), cancellation);
        return ApiAnswer.Data(new CdrPage(
            page.ConvertAll(record => CdrView.From(record, recordings[record.Id.Value])),
            found.Count > count ? PageCursor.Write(page[^1].EndedAt.ToUnixTimeMilliseconds(), page[^1].Id.Value) : null));
    }

    private static async Task<Results<Ok<Envelope<CdrView>>, JsonHttpResult<Failure>>> FindAsync(
        Identity who, TandemStorage storage, TimeProvider time, string id, CancellationToken cancellation)
    {
        if (id.Contains('\0'))
            return NotFound();

        await FlushAsync(storage, time, cancellation);
        if (await storage.Cdrs.FindAsync(who.Tenant, new CallId(id), cancellation) is not { } record)
            return NotFound();

        var recordings = await storage.Cdrs.RecordingsAsync(who.Tenant, [id], cancellation);
        return ApiAnswer.Data(CdrView.From(record, recordings[id]));
    }

    private static async Task ExportAsync(HttpContext context, Identity who, TandemStorage storage, [AsParameters] CdrQuery query, string? rows)
    {
        var (filter, problem) = query.Read(ExportPage, null);
        if (rows is not (null or "calls" or "legs"))
            (filter, problem) = (null, "rows must be calls or legs");
        if (filter is null)
        {
            await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status400BadRequest, "BAD_REQUEST", problem!);
            return;
        }

        context.Response.ContentType = "text/csv; charset=utf-8; header=present";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"cdrs.csv\"";
        var text = new StringBuilder();
        Action<StringBuilder, CallDetailRecord> append = rows == "legs" ? CdrCsv.AppendLegs : CdrCsv.AppendCall;
        CsvText.AppendLine(text, rows == "legs" ? CdrCsv.LegHead : CdrCsv.CallHead);
        await foreach (var record in storage.Cdrs.StreamAsync(who.Tenant, filter, context.RequestAborted))
        {
            append(text, record);
            if (text.Length >= ExportFlush)
                await SendAsync(context, text);
        }

        await SendAsync(context, text);
    }

    private static async Task SendAsync(HttpContext context, StringBuilder text)
    {
        await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
        text.Clear();
    }

    private static async Task FlushAsync(TandemStorage storage, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            await storage.Writer.FlushAsync(cancellation).WaitAsync(WriterPatience, time, cancellation);
        }
        catch (TimeoutException)
        {
            // The answer lacks the calls that still wait for the database.
        }
    }

    private static JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such call");
}

/// <summary>A page of records, and where the next one begins; null at the end.</summary>
public sealed record CdrPage(List<CdrView> Cdrs, string? NextCursor);

/// <summary>The record of an ended call.</summary>
/// <param name="Direction"><c>INTERNAL</c>, <c>INBOUND</c> or <c>OUTBOUND</c>.</param>
/// <param name="ProfileId">The profile that it came or went by; null for an internal call.</param>
/// <param name="Duration">Seconds from answer to end, 0 for a call that was never answered.</param>
/// <param name="Legs">The caller's, then the callee's: that of the contact that answered, or was rung last.</param>
/// <param name="Recordings">Ids of its recordings that are kept.</param>
/// <param name="Attempts">Its legs that did not answer: phones that another one beat, providers that failed.</param>
/// <param name="Price">What its legs to outside cost, in the currency of the price list; null where no list has a price.</param>
/// <param name="IvrPath">Its way through menus, <c>flow/step/step</c>; null without one.</param>
/// <param name="TakenBy">The number whose phone picked it up while it rang elsewhere; null when none did.</param>
public sealed record CdrView(
    string Id, string TraceId, string Direction, string? ProfileId, string Caller, string Callee, DateTimeOffset InitiatedAt, DateTimeOffset? RingingAt, DateTimeOffset? AnsweredAt,
    DateTimeOffset EndedAt, double Duration, CallVerdict Verdict, string TransferredBy, string? TransferredFrom, string? TransferredTo, List<CdrLeg> Legs, List<string> Recordings,
    List<CdrAttempt> Attempts, decimal? Price, string? IvrPath, string? TakenBy)
{
    internal static CdrView From(CallDetailRecord record, IEnumerable<string> recordings) => new(
        record.Id.Value, record.TraceId, CallText.Word(record.Direction), record.ProfileId.Length > 0 ? record.ProfileId : null, record.CallerNumber, record.CalleeNumber,
        record.InitiatedAt, record.RingingAt, record.AnsweredAt, record.EndedAt, ApiTime.Seconds(record.Duration), CallVerdict.From(record.Verdict),
        record.TransferredBy, record.TransferredFrom?.Value, record.TransferredTo?.Value,
        [
            new CdrLeg(CallText.Word(CallSide.Caller), record.CallerNumber, record.CallerAddress, record.CallerSipCallId, CallMedia.From(record.FromCaller)),
            new CdrLeg(CallText.Word(CallSide.Callee), record.CalleeNumber, record.CalleeAddress, record.CalleeSipCallId, CallMedia.From(record.FromCallee)),
        ],
        recordings.ToList(), record.Extras?.Attempts.Select(CdrAttempt.From).ToList() ?? [], record.Extras?.Price, record.Extras?.IvrPath, record.Extras?.TakenBy);
}

/// <summary>One side of a call.</summary>
/// <param name="Side"><c>CALLER</c> or <c>CALLEE</c>.</param>
/// <param name="Address">Where its signalling came from, <c>host:port</c>.</param>
/// <param name="SipCallId">The Call-ID of its dialog.</param>
/// <param name="Media">What came from it.</param>
public sealed record CdrLeg(string Side, string Number, string Address, string SipCallId, CallMedia Media);

/// <summary>A leg that was dialled and did not answer.</summary>
/// <param name="Number">The extension, or the number at the provider.</param>
/// <param name="Address">Where its signalling went; null when it never went out.</param>
/// <param name="ProfileId">The profile that it went by; null for a phone.</param>
/// <param name="SipStatus">Its final response; 408 nothing came back, 503 could not be sent, 0 cancelled.</param>
/// <param name="Text">The reason phrase, or why the exchange did not dial.</param>
public sealed record CdrAttempt(
    string Number, string? Address, string? SipCallId, string? ProfileId, int SipStatus, string Text, DateTimeOffset DialledAt, DateTimeOffset? RingingAt, DateTimeOffset EndedAt)
{
    internal static CdrAttempt From(CallAttempt attempt) => new(
        attempt.Number, NullIfEmpty(attempt.Address), NullIfEmpty(attempt.SipCallId), NullIfEmpty(attempt.ProfileId), attempt.SipStatus, attempt.Text,
        attempt.DialledAt, attempt.RingingAt, attempt.EndedAt);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
