using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Ports;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Server.Http;
using Tandem.Server.Logging;
using Tandem.Storage;
using Tandem.Storage.Audit;
using Tandem.Storage.Toll;

namespace Tandem.Server.Rest;

/// <summary>What calls to outside may cost and where they may go: <c>/api/v1/toll</c>.</summary>
public static class TollResource
{
    private const long LargestList = 16 << 20;

    public static void Map(RouteGroupBuilder api)
    {
        var toll = api.MapGroup("/toll");
        toll.MapGet("/rules", RulesAsync).VersionedBy(RulesVersionAsync).Needs(Permission.ProfilesRead).WithSummary("The rules of the tenant, or those that a profile adds");
        toll.MapPut("/rules", SetRulesAsync).VersionedBy(RulesVersionAsync).Needs(Permission.TollWrite).Produces<Failure>(400).Produces<Failure>(409).WithSummary("Sets the rules; the next call meets them");
        toll.MapDelete("/rules", ResetRulesAsync).VersionedBy(RulesVersionAsync).Needs(Permission.TollWrite).Produces<Failure>(409).WithSummary("Takes the rules back to the defaults");
        toll.MapGet("/state", State).Needs(Permission.ProfilesRead).WithSummary("Calls to outside now, money of the day, and the block if there is one");
        toll.MapPost("/lift", LiftAsync).Needs(Permission.TollWrite).Produces<Failure>(409).WithSummary("Opens the way out again after a trip");
        toll.MapGet("/explain", Explain).Needs(Permission.ProfilesRead).Produces<Failure>(400).WithSummary("Whether a number could be called, and what refuses it; nothing is called");
        toll.MapGet("/prices", PricesAsync).VersionedBy(PricesVersionAsync).Needs(Permission.ProfilesRead).Produces(200, null, TollPriceList.ContentType).WithSummary("The price list as CSV");
        toll.MapPut("/prices", SetPricesAsync).ReadsBody(RefuseList).VersionedBy(PricesVersionAsync).Needs(Permission.TollWrite).Accepts<Stream>(TollPriceList.ContentType, "text/plain")
            .Produces<Failure>(400).Produces<Failure>(413).WithSummary("Replaces the price list: CSV with prefix,perMinute,incrementSeconds");
    }

    // Rules of a profile that is not there would protect nothing, and fill the memory of all nodes.
    private static JsonHttpResult<Failure>? Missing(TandemStorage storage, TenantId tenant, string? profile) =>
        string.IsNullOrEmpty(profile) || storage.ProfileDirectory.Find(new ProfileId(profile))?.Tenant == tenant
            ? null : ApiAnswer.Fail(400, "NO_PROFILE", $"profile must be the id of a SIP profile; there is no '{LogSafe.OneLine(profile, 40)}'");

    // A number for help goes outside before any extension: nobody could dial an extension that has it. One that is hidden already holds up no other change, each start names it. What a profile adds hides nothing.
    private static JsonHttpResult<Failure>? Hidden(TandemStorage storage, TenantId tenant, string? profile, TollRules rules)
    {
        if (!string.IsNullOrEmpty(profile))
            return null;

        var number = rules.AlwaysAllowed.Except(storage.TollPolicies.Of(tenant).AlwaysAllowed).FirstOrDefault(number => storage.Directory.Find(tenant, number) is not null);
        return number is null ? null : ApiAnswer.Taken(new NumberTakenException(number, "extension " + number));
    }

    private static async Task<Results<Ok<Envelope<TollRulesAnswer>>, JsonHttpResult<Failure>>> RulesAsync(
        Identity who, TandemStorage storage, string? profile, CancellationToken cancellation)
    {
        if (Missing(storage, who.Tenant, profile) is { } missing)
            return missing;

        var rules = await storage.Toll.RulesAsync(who.Tenant, profile ?? "", cancellation);
        return ApiAnswer.Data(new TollRulesAnswer(profile, rules is null, TollRulesBody.From(rules ?? TollRules.Default)));
    }

    private static async Task<Results<Ok<Envelope<TollRulesAnswer>>, JsonHttpResult<Failure>>> SetRulesAsync(
        Identity who, TandemStorage storage, AuditLog audit, TollRulesBody body, string? profile, CancellationToken cancellation)
    {
        if (Missing(storage, who.Tenant, profile) is { } missing)
            return missing;

        var (rules, problem) = body.Read();
        if (rules is null)
            return ApiAnswer.Fail(400, "BAD_RULES", problem);

        // A queue goes before the outside: whoever dialled for help would reach the queue.
        foreach (var queue in await storage.Queues.QueuesAsync(cancellation))
        {
            if (queue.Tenant == who.Tenant && rules.AlwaysAllowed.Contains(queue.Settings.Number))
                return ApiAnswer.Taken(new NumberTakenException(queue.Settings.Number, "queue " + queue.Settings.Name));
        }

        if (Hidden(storage, who.Tenant, profile, rules) is { } hidden)
            return hidden;

        await storage.Toll.SetRulesAsync(who.Tenant, profile ?? "", rules, cancellation);
        audit.Write(who, "toll.rules", profile ?? "", Describe(rules));
        return ApiAnswer.Data(new TollRulesAnswer(profile, false, TollRulesBody.From(rules)));
    }

    private static async Task<Results<Ok<Envelope<TollRulesAnswer>>, JsonHttpResult<Failure>>> ResetRulesAsync(
        Identity who, TandemStorage storage, AuditLog audit, string? profile, CancellationToken cancellation)
    {
        if (Missing(storage, who.Tenant, profile) is { } missing)
            return missing;

        if (Hidden(storage, who.Tenant, profile, TollRules.Default) is { } hidden)
            return hidden;

        await storage.Toll.SetRulesAsync(who.Tenant, profile ?? "", null, cancellation);
        audit.Write(who, "toll.reset", profile ?? "");
        return ApiAnswer.Data(new TollRulesAnswer(profile, true, TollRulesBody.From(TollRules.Default)));
    }

    private static async ValueTask<object?> RulesVersionAsync(HttpContext context, Identity who) =>
        TollRulesBody.From(await context.Service<TandemStorage>().Toll.RulesAsync(who.Tenant, context.Request.Query["profile"].ToString(), context.RequestAborted) ?? TollRules.Default);

    private static async ValueTask<object?> PricesVersionAsync(HttpContext context, Identity who) =>
        TollPriceList.Write(await context.Service<TandemStorage>().Toll.PricesAsync(who.Tenant, context.Request.Query["profile"].ToString(), context.RequestAborted));

    private static Ok<Envelope<TollState>> State(Identity who, TollGuard toll, TimeProvider time) =>
        ApiAnswer.Data(TollState.From(toll.Show(who.Tenant, time.GetUtcNow())));

    private static async Task<Results<Ok<Envelope<TollState>>, JsonHttpResult<Failure>>> LiftAsync(
        Identity who, TollGuard toll, TandemStorage storage, AuditLog audit, TimeProvider time, CancellationToken cancellation)
    {
        // A block of another node of which nothing was heard is in the database.
        var known = toll.LiftTime(who.Tenant, time.GetUtcNow());
        if (known is null && (await storage.Toll.StateAsync(who.Tenant, cancellation)).Block?.Holds(time.GetUtcNow()) is not true)
            return ApiAnswer.Fail(409, "NOT_BLOCKED", "Calls to outside are not blocked");

        // The database first, for the other nodes and for a restart: while it is away nothing is opened, here neither, and whoever asks again finds the block.
        var at = await storage.Toll.LiftAsync(who.Tenant, known, cancellation);
        toll.HearLift(who.Tenant, at, time.GetUtcNow());
        audit.Write(who, "toll.lift", "");
        return ApiAnswer.Data(TollState.From(toll.Show(who.Tenant, time.GetUtcNow())));
    }

    private static Results<Ok<Envelope<TollExplanation>>, JsonHttpResult<Failure>> Explain(
        Identity who, TollGuard toll, TandemStorage storage, TimeProvider time, string? number, string? profile, string? ownNumber, DateTimeOffset? at)
    {
        if (string.IsNullOrEmpty(number) || number.Length > Destinations.MostDigits + 1)
            return ApiAnswer.Fail(400, "BAD_NUMBER", "number must be a number of E.164, as +442079460000, or a short code, as 112");

        if (Missing(storage, who.Tenant, profile) is { } missing)
            return missing;

        var call = new TollCall(who.Tenant, profile ?? "", "", number, ownNumber ?? "", ShortCode: number);
        var refusal = toll.Explain(call, at ?? time.GetUtcNow());
        var digits = Destinations.Digits(number);
        var price = digits.IsEmpty ? null : storage.TollPolicies.PriceOf(who.Tenant, call.Profile, digits);
        return ApiAnswer.Data(new TollExplanation(
            number, refusal is null, refusal?.Rule.ToString(), refusal?.Text, digits.IsEmpty ? "" : CountryCodes.Of(digits, out _), price?.PerMinute));
    }

    private static async Task<Results<ContentHttpResult, JsonHttpResult<Failure>>> PricesAsync(Identity who, TandemStorage storage, string? profile, CancellationToken cancellation)
    {
        if (Missing(storage, who.Tenant, profile) is { } missing)
            return missing;

        return TypedResults.Text(TollPriceList.Write(await storage.Toll.PricesAsync(who.Tenant, profile ?? "", cancellation)), TollPriceList.ContentType, Encoding.UTF8);
    }

    private static JsonHttpResult<Failure>? RefuseList(HttpContext context) => context.Request.ContentLength is <= LargestList
        ? null : ApiAnswer.Fail(413, "TOO_LARGE", $"the list must say its length (Content-Length) and be at most {LargestList} bytes");

    private static async Task<Results<Ok<Envelope<TollPricesSet>>, JsonHttpResult<Failure>>> SetPricesAsync(
        HttpContext context, Identity who, TandemStorage storage, AuditLog audit, string? profile, CancellationToken cancellation)
    {
        if (Missing(storage, who.Tenant, profile) is { } missing)
            return missing;
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var (prices, problem) = TollPriceList.Read(await reader.ReadToEndAsync(cancellation));
        if (prices is null)
            return ApiAnswer.Fail(400, "BAD_PRICES", problem);

        await storage.Toll.SetPricesAsync(who.Tenant, profile ?? "", prices, cancellation);
        audit.Write(who, "toll.prices", profile ?? "", $"{prices.Count} prices");
        return ApiAnswer.Data(new TollPricesSet(profile, prices.Count));
    }

    /// <summary>The rules in one line, for the audit log.</summary>
    internal static string Describe(TollRules rules) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"allowed {string.Join(' ', rules.Allowed)}; closed {string.Join(' ', rules.Closed)}; premium {string.Join(' ', rules.OpenPremium)}; calls {rules.MaxConcurrent}, a minute {rules.MaxPerMinute}, money a day {rules.MaxSpendPerDay?.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture) ?? "no cap"}");
}

/// <summary>Rules, and whose: the profile that adds them, or null for the tenant.</summary>
public sealed record TollRulesAnswer(string? Profile, bool IsDefault, TollRulesBody Rules);

/// <summary>How a tenant's calls to outside stand.</summary>
public sealed record TollState(int Calls, int InLastMinute, decimal SpentToday, long Admitted, long Refused, TollState.BlockState? Block)
{
    internal static TollState From(TollAccountSnapshot account) => new(
        account.Calls, account.InLastMinute, account.SpentToday, account.Admitted, account.Refused,
        account.Block is { } block ? new BlockState(block.Rule.ToString(), block.Text, block.Since, block.Until) : null);

    /// <summary>What shuts the way out; until null: somebody must lift it.</summary>
    public sealed record BlockState(string Rule, string Text, DateTimeOffset Since, DateTimeOffset? Until);
}

/// <summary>What the rules say about a number. Country is empty for satellites and unassigned codes.</summary>
public sealed record TollExplanation(string Number, bool Allowed, string? Rule, string? Text, string Country, decimal? PricePerMinute);

/// <summary>A price list was replaced.</summary>
public sealed record TollPricesSet(string? Profile, int Prices);
