using System.Text.Json.Serialization;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Server.Metrics;
using Tandem.Server.Rest.Commands;
using Tandem.Storage;
using Tandem.Storage.Audit;
using Tandem.Storage.Gateway;

namespace Tandem.Server.Rest.Gateway;

/// <summary>
/// Calls in document 3's shapes: <c>/api/v1/calls</c>. A program makes a record and says what happens to it; the exchange's own calls in progress
/// stand among them, with their trace id as a UUID, and are read only.
/// </summary>
public static class GatewayCallsResource
{
    private const string NotFound = "Звонок не найден";
    private const int DefaultLimit = 10;
    private const int MostPerPage = 100;
    private const int MostSessions = 1_000;

    private static readonly string[] Statuses = ["initiated", "ringing", "answered", "completed", "failed", "busy", "no_answer"];
    private static readonly string[] Outcome = ["status", "duration", "recordingUrl", "transcript", "summary", "sentiment", "confidenceScore"];

    public static void Map(RouteGroupBuilder api)
    {
        api = api.MapGroup("").WithMetadata(new RefusedInPlainText());
        var read = api.MapGroup("").Needs(Permission.CallsRead);
        read.MapGet("/calls", ListAsync).Produces<Envelope<GatewayPage>>().Produces<Failure>(400).WithSummary("Calls that have not ended, by pages");
        read.MapGet("/calls/sessions/active", SessionsAsync).Produces<Envelope<List<GatewaySession>>>().WithSummary("Sessions in calls that are active");
        read.MapGet("/calls/{id}", FindAsync).Produces<Envelope<GatewayCallView>>().Produces<Failure>(400).Produces<Failure>(404).WithSummary("One call");
        var write = api.MapGroup("").Needs(Permission.CallsControl);
        write.MapPost("/calls", CreateAsync).Accepts<NewGatewayCall>("application/json").Produces<Envelope<GatewayCallView>>(201).Produces<Failure>(400).Produces<Failure>(503).WithSummary("Makes the record of a call, or, with from and to, a call: from is rung first and then connected with to");
        write.MapPatch("/calls/{id}/status", ChangeAsync).Accepts<GatewayOutcome>("application/json").Produces<Envelope<GatewayCallView>>().Produces<Failure>(400).Produces<Failure>(404)
            .WithSummary("Changes the status of a call; the other fields are checked and not applied");
        write.MapPost("/calls/{id}/end", EndAsync).Accepts<GatewayOutcome>("application/json").Produces<Envelope<GatewayCallView>>().Produces<Failure>(400).Produces<Failure>(404)
            .WithSummary("Ends a call: its status becomes completed");
        write.MapPost("/calls/{id}/sessions", BeginSessionAsync).Accepts<NewGatewaySession>("application/json").Produces<Envelope<GatewaySession>>(201).Produces<Failure>(400).Produces<Failure>(404)
            .WithSummary("Begins the session of a user in a call");
    }

    private static async Task<IResult> ListAsync(Identity who, TandemStorage storage, IExchangeView exchange, CancellationToken cancellation, string? page, string? limit)
    {
        if (!TryNumber(page, 1, int.MaxValue, out var number))
            return Refuse(GatewayBody.InQuery + ": \"page\" must be an integer of at least 1");
        if (!TryNumber(limit, DefaultLimit, MostPerPage, out var size))
            return Refuse($"{GatewayBody.InQuery}: \"limit\" must be an integer from 1 to {MostPerPage}");

        // The exchange's own calls come first: they are few, and in memory.
        var live = exchange.ActiveCalls(who.Tenant);
        var skip = (number - 1L) * size;
        var calls = live.Skip((int)Math.Min(skip, live.Count)).Take(size).Select(GatewayCallView.From).ToList();
        var (records, total) = await storage.Gateway.ActiveAsync(who.Tenant, Math.Max(0, skip - live.Count), size - calls.Count, cancellation);
        calls.AddRange(records.Select(GatewayCallView.From));
        total += live.Count;
        return ApiAnswer.Data(new GatewayPage(calls, new GatewayPagination(number, size, total, (total + size - 1) / size)));
    }

    private static async Task<IResult> FindAsync(Identity who, TandemStorage storage, IExchangeView exchange, string id, CancellationToken cancellation)
    {
        if (!GatewayBody.TryUuid(id, out var uuid))
            return BadId();
        if (await storage.Gateway.FindAsync(who.Tenant, uuid, cancellation) is { } call)
            return ApiAnswer.Data(GatewayCallView.From(call));

        var trace = uuid.Replace("-", "", StringComparison.Ordinal);
        return exchange.ActiveCalls(who.Tenant).FirstOrDefault(live => live.TraceId == trace) is { } found ? ApiAnswer.Data(GatewayCallView.From(found)) : Missing();
    }

    private static async Task<IResult> CreateAsync(
        Identity who, HttpContext context, TandemStorage storage, IExchangeView exchange, AuditLog audit, CallMeter meter, GatewayCache cache, CancellationToken cancellation)
    {
        if (await OriginateResource.ReadAsync(context) is { } wanted)
            return await OriginateResource.BeginAsync(who, exchange, audit, wanted);

        var body = await GatewayBody.ReadAsync(context, "phoneNumber", "direction", "clientId");
        var (number, direction, client) = (body.PhoneNumber("phoneNumber"), body.Word("direction", true, "incoming", "outgoing"), body.Uuid("clientId"));
        if (body.Fault is { } fault)
            return Refuse(fault);

        var call = await storage.Gateway.CreateAsync(who.Tenant, number!, direction!, client, cancellation);
        cache.Keep(call);
        meter.CountRecord(call.Direction, call.Status, null);
        audit.Write(who, "gateway-call.create", call.Id, $"{call.Direction} {call.PhoneNumber}");
        return Created(GatewayCallView.From(call));
    }

    private static async Task<IResult> ChangeAsync(Identity who, HttpContext context, TandemStorage storage, AuditLog audit, CallMeter meter, GatewayCache cache, string id, CancellationToken cancellation)
    {
        if (!GatewayBody.TryUuid(id, out var uuid))
            return BadId();

        var body = await GatewayBody.ReadAsync(context, Outcome);
        var outcome = Read(body, durationRequired: false);
        if (body.Fault is { } fault)
            return Refuse(fault);
        if (await storage.Gateway.FindAsync(who.Tenant, uuid, cancellation) is not { } call)
            return Missing();

        if (outcome.Status is { } status && status != call.Status)
        {
            call = await storage.Gateway.UpdateAsync(who.Tenant, call with { Status = status }, cancellation);
            await KeepAsync(cache, storage, who, call, cancellation);
            meter.CountRecord(call.Direction, call.Status, null);
            audit.Write(who, "gateway-call.status", call.Id, status);
        }

        return ApiAnswer.Data(GatewayCallView.From(call));
    }

    private static async Task<IResult> EndAsync(Identity who, HttpContext context, TandemStorage storage, AuditLog audit, CallMeter meter, GatewayCache cache, string id, CancellationToken cancellation)
    {
        if (!GatewayBody.TryUuid(id, out var uuid))
            return BadId();

        var body = await GatewayBody.ReadAsync(context, Outcome);
        var outcome = Read(body, durationRequired: true);
        if (body.Fault is { } fault)
            return Refuse(fault);
        if (await storage.Gateway.FindAsync(who.Tenant, uuid, cancellation) is not { } call)
            return Missing();

        var ended = await storage.Gateway.UpdateAsync(
            who.Tenant,
            call with
            {
                Status = "completed",
                Duration = outcome.Duration ?? 0,
                RecordingUrl = outcome.RecordingUrl ?? call.RecordingUrl,
                Transcript = outcome.Transcript ?? call.Transcript,
                Summary = outcome.Summary ?? call.Summary,
                Sentiment = outcome.Sentiment ?? call.Sentiment,
                ConfidenceScore = outcome.ConfidenceScore ?? call.ConfidenceScore,
            },
            cancellation);
        await KeepAsync(cache, storage, who, ended, cancellation);
        if (call.Status != ended.Status)
            meter.CountRecord(ended.Direction, ended.Status, ended.Duration);
        audit.Write(who, "gateway-call.end", ended.Id, $"after {ended.Duration} s");
        return ApiAnswer.Data(GatewayCallView.From(ended));
    }

    private static async Task<IResult> BeginSessionAsync(Identity who, HttpContext context, TandemStorage storage, AuditLog audit, GatewayCache cache, string id, CancellationToken cancellation)
    {
        if (!GatewayBody.TryUuid(id, out var uuid))
            return BadId();

        // Their validator wants the id in the body as well; the one of the path counts.
        var body = await GatewayBody.ReadAsync(context, "callId", "userId");
        body.Uuid("callId", required: true);
        var user = body.Uuid("userId");
        if (body.Fault is { } fault)
            return Refuse(fault);

        if (await storage.Gateway.FindAsync(who.Tenant, uuid, cancellation) is null)
            return Missing();

        var session = await storage.Gateway.BeginSessionAsync(who.Tenant, uuid, user, cancellation);
        cache.Keep(session);
        audit.Write(who, "gateway-call.session", uuid, $"session {session.SessionId}");
        return Created(session);
    }

    private static async Task<IResult> SessionsAsync(Identity who, TandemStorage storage, CancellationToken cancellation) =>
        ApiAnswer.Data(await storage.Gateway.ActiveSessionsAsync(who.Tenant, MostSessions, cancellation));

    // The sessions of a call that has ended have ended with it.
    private static async Task KeepAsync(GatewayCache cache, TandemStorage storage, Identity who, GatewayCall call, CancellationToken cancellation)
    {
        cache.Keep(call);
        if (call.IsActive || !cache.IsOn)
            return;

        foreach (var session in await storage.Gateway.SessionsOfAsync(who.Tenant, call.Id, MostSessions, cancellation))
            cache.Keep(session);
    }

    private static GatewayOutcome Read(GatewayBody body, bool durationRequired) => new(
        body.Word("status", false, Statuses), body.Count("duration", durationRequired), body.Address("recordingUrl"), body.Text("transcript"), body.Text("summary"),
        body.Word("sentiment", false, "positive", "neutral", "negative"), body.Share("confidenceScore"));

    private static bool TryNumber(string? text, int otherwise, int most, out int number)
    {
        number = otherwise;
        return text is null || (int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out number) && number >= 1 && number <= most);
    }

    private static IResult Created<T>(T data) => TypedResults.Json(new Envelope<T>(true, data), statusCode: StatusCodes.Status201Created);

    private static IResult Refuse(string text) => ApiAnswer.Fail(400, "VALIDATION", text);

    private static IResult BadId() => Refuse(GatewayBody.InPath + ": \"id\" must be a valid GUID");

    private static IResult Missing() => ApiAnswer.Fail(404, "NOT_FOUND", NotFound);
}

/// <summary>A call in document 3's fields; those that are not known are absent.</summary>
public sealed record GatewayCallView(
    string Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ClientId,
    string PhoneNumber, string Direction, string Status, long Duration,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RecordingUrl,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Transcript,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Summary,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Sentiment,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? ConfidenceScore,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    internal static GatewayCallView From(GatewayCall call) => new(
        call.Id, call.ClientId, call.PhoneNumber, call.Direction, call.Status, call.Duration, call.RecordingUrl, call.Transcript, call.Summary, call.Sentiment,
        call.ConfidenceScore, call.CreatedAt, call.UpdatedAt);

    // Document 3 knows two directions: whatever a phone of ours began goes out.
    internal static GatewayCallView From(CallSnapshot call)
    {
        var direction = call.Direction == CallDirection.Inbound ? "incoming" : "outgoing";
        var status = call.State switch
        {
            CallState.Initiated => "initiated",
            CallState.Ringing => "ringing",
            _ => call.AnsweredAt is null ? "failed" : call.State < CallState.Terminating ? "answered" : "completed",
        };
        return new GatewayCallView(
            Guid.TryParseExact(call.TraceId, "N", out var id) ? id.ToString() : call.Id.Value, null, direction == "incoming" ? call.CallerNumber : call.CalleeNumber, direction, status,
            0, null, null, null, null, null, call.InitiatedAt, call.EndedAt ?? call.AnsweredAt ?? call.RingingAt ?? call.InitiatedAt);
    }
}

/// <summary>A page of calls.</summary>
public sealed record GatewayPage(IReadOnlyList<GatewayCallView> Calls, GatewayPagination Pagination);

/// <summary>Where a page stands.</summary>
public sealed record GatewayPagination(int Page, int Limit, long Total, long Pages);

/// <summary>The body that makes a call. PhoneNumber is in E.164, the plus may be missing; direction is <c>incoming</c> or <c>outgoing</c>.</summary>
public sealed record NewGatewayCall(string PhoneNumber, string Direction, string? ClientId);

/// <summary>What became of a call. Duration in seconds, confidenceScore from 0 to 1.</summary>
public sealed record GatewayOutcome(string? Status, long? Duration, string? RecordingUrl, string? Transcript, string? Summary, string? Sentiment, double? ConfidenceScore);

/// <summary>The body that begins a session.</summary>
public sealed record NewGatewaySession(string CallId, string? UserId);
