using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Routing;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Storage;
using Tandem.Storage.Audit;
using Tandem.Storage.Routing;

namespace Tandem.Server.Rest;

/// <summary>Where the calls of a tenant go: <c>/api/v1/routing</c>, and its parts by name. A change takes effect with the next call.</summary>
public static class RoutingResource
{
    private static readonly RoutingPart<RuleBody> Rules = new(
        "rule", "Rules of the tenant", document => document.Rules, (document, rules) => document with { Rules = rules }, rule => rule.Id, (rule, id) => rule with { Id = id });

    private static readonly RoutingPart<GroupBody> Groups = new(
        "group", "Ring groups of the tenant", document => document.Groups, (document, groups) => document with { Groups = groups }, group => group.Name, (group, name) => group with { Name = name });

    private static readonly RoutingPart<CalendarBody> Calendars = new(
        "calendar", "Calendars of the tenant", document => document.Calendars, (document, all) => document with { Calendars = all }, one => one.Name, (one, name) => one with { Name = name });

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/routing", ShowAsync).Versioned(VersionAsync).Needs(Permission.RoutingRead).WithSummary("Rules, ring groups, calendars and number format of the tenant, and what is wrong with them");
        api.MapPut("/routing", ReplaceAsync).Versioned(VersionAsync).Needs(Permission.RoutingWrite).Produces<Envelope<RoutingView>>().Produces<RoutingFailure>(400).Produces<Failure>(409).Produces<Failure>(413)
            .WithSummary("Replaces all of it; refused as a whole when anything cannot work");
        Rules.Map(api, "/routing/rules");
        Groups.Map(api, "/ring-groups");
        Calendars.Map(api, "/calendars");
        api.MapPost("/routing/explain", ExplainAsync).Needs(Permission.RoutingRead).Produces<Envelope<RouteExplanation>>().Produces<FieldFailure>(400)
            .WithMetadata(new NotAudited("it places no call and changes nothing")).WithSummary("Where a call would go, step by step why, and what the toll guard would say");
    }

    /// <summary>True when there is something at a destination outside of the document, as far as it is known here.</summary>
    internal static Func<Destination, bool> Exists(TandemStorage storage, TenantId tenant) => destination => destination switch
    {
        Destination.Extension extension => storage.Directory.Find(tenant, extension.Digits) is not null,
        Destination.Voicemail voicemail => storage.Directory.Find(tenant, voicemail.Digits) is not null,
        Destination.Trunk { Profile.Length: > 0 } trunk => storage.ProfileDirectory.Find(new Calls.Trunks.ProfileId(trunk.Profile)) is { } profile && profile.Tenant == tenant,
        _ => true,
    };

    /// <summary>413 for what is not kept for its size; null for the rest.</summary>
    internal static IResult? TooLarge(RoutingDocument document) => RoutingRepository.IsTooLarge(document)
        ? ApiAnswer.Fail(StatusCodes.Status413PayloadTooLarge, "TOO_LARGE", $"The routing of a tenant has at most {RoutingRepository.MostCharacters} characters, all its parts together")
        : null;

    private static async ValueTask<string?> VersionAsync(HttpContext context) => context.Features.Get<Identity>() is { } who
        ? (await context.Service<TandemStorage>().Routing.DocumentAsync(who.Tenant, context.RequestAborted)).Version.ToString(System.Globalization.CultureInfo.InvariantCulture)
        : null;

    private static async Task<Ok<Envelope<RoutingView>>> ShowAsync(Identity who, TandemStorage storage, CancellationToken cancellation)
    {
        var (document, _) = await storage.Routing.DocumentAsync(who.Tenant, cancellation);
        return ApiAnswer.Data(RoutingView.From(document, RoutingCompiler.Compile(document, Exists(storage, who.Tenant)).Problems));
    }

    private static async Task<IResult> ReplaceAsync(Identity who, TandemStorage storage, AuditLog audit, RoutingDocument body, CancellationToken cancellation)
    {
        var document = body.Normalized();
        var (table, problems) = RoutingCompiler.Compile(document, Exists(storage, who.Tenant));
        if (table is null)
            return RoutingFailure.Of(problems);
        if (TooLarge(document) is { } refusal)
            return refusal;

        var (_, version) = await storage.Routing.DocumentAsync(who.Tenant, cancellation);
        if (await storage.Routing.SaveAsync(who.Tenant, document, version, cancellation) is null)
            return ApiAnswer.Fail(409, "CHANGED_MEANWHILE", "Somebody else has changed it at the same time: read it again");

        audit.Write(who, "routing.replace", "", $"{document.Rules.Count} rules, {document.Groups.Count} groups, {document.Calendars.Count} calendars");
        return ApiAnswer.Data(RoutingView.From(document, problems));
    }

    private static async Task<IResult> ExplainAsync(Identity who, IExchangeView exchange, TimeProvider time, RouteQuestionBody body)
    {
        if (body.From is not { Length: > 0 and <= 64 } from)
            return ApiAnswer.Invalid("from", "the number that calls, as 100");
        if (body.To is not { } to || !Destination.TryParse(to, out _, out var problem))
            return ApiAnswer.Invalid("to", body.To is null ? "the number that is dialled, or a destination" : DestinationProblem(body.To));

        return ApiAnswer.Data(await exchange.ExplainAsync(new RouteInquiry(who.Tenant, from, to, body.At ?? time.GetUtcNow(), body.Trunk ?? "", body.Headers)));
    }

    private static string DestinationProblem(string text) => Destination.TryParse(text, out _, out var problem) ? "" : problem;
}

/// <summary>A call that is asked about.</summary>
/// <param name="From">The number that calls.</param>
/// <param name="To">The number that is dialled, or a destination.</param>
/// <param name="At">When; now unless said.</param>
/// <param name="Trunk">The id of the SIP profile that the call comes by; nothing for a call of a phone.</param>
/// <param name="Headers">Header fields of its INVITE.</param>
public sealed record RouteQuestionBody(string? From, string? To, DateTimeOffset? At = null, string? Trunk = null, IReadOnlyDictionary<string, string>? Headers = null);

/// <summary>The document, and what is wrong with it though it holds.</summary>
public sealed record RoutingView(NumberingBody? Numbering, IReadOnlyList<RuleBody> Rules, IReadOnlyList<GroupBody> Groups, IReadOnlyList<CalendarBody> Calendars, IReadOnlyList<RoutingProblem> Warnings)
{
    internal static RoutingView From(RoutingDocument document, IReadOnlyList<RoutingProblem> problems) => new(document.Numbering, document.Rules, document.Groups, document.Calendars, problems);
}

/// <summary>A configuration that cannot be saved: everything that is wrong with it.</summary>
public sealed record RoutingFailure(bool Success, string Error, string Code, IReadOnlyList<RoutingProblem> Problems)
{
    internal static IResult Of(IReadOnlyList<RoutingProblem> problems)
    {
        var first = problems.First(problem => problem.IsFatal);
        return TypedResults.Json(new RoutingFailure(false, first.Where.Length > 0 ? $"{first.Where}: {first.Text}" : first.Text, "BAD_ROUTING", problems), statusCode: 400);
    }
}
