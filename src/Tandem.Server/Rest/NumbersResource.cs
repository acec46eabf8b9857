using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Server.Http;
using Tandem.Server.Options;
using Tandem.Storage;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Numbers of a tenant in the outside world, and where their calls go: <c>/api/v1/numbers</c>.</summary>
public static class NumbersResource
{
    private const int LongestNumber = 64;
    private const int LongestLabel = 128;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/numbers", ListAsync).Needs(Permission.ProfilesRead).WithSummary("Numbers and where their calls go");
        api.MapGet("/numbers/{number}", FindAsync).VersionedBy(VersionAsync).Needs(Permission.ProfilesRead).Produces<Failure>(404).WithSummary("One number");
        api.MapPut("/numbers/{number}", SetAsync).VersionedBy(VersionAsync).Needs(Permission.ProfilesWrite).Produces<Failure>(400).Produces<Failure>(409)
            .WithSummary("Adds a number, or says anew where its calls go");
        api.MapDelete("/numbers/{number}", RemoveAsync).VersionedBy(VersionAsync).Needs(Permission.ProfilesWrite).Produces<Failure>(404).WithSummary("Removes a number; its calls are answered 404");
    }

    /// <summary>Why a number cannot be set; null when it can.</summary>
    internal static string? FaultOf(ProfileNumber number, TandemOptions options, Func<ProfileId, SipProfile?> find)
    {
        if (!IsNumber(number.Number))
            return $"number: + and the digits with country code; or what the provider calls it, up to {LongestNumber} letters, digits, dots, dashes and underscores";
        if (number.Profile is { } id && (find(id) is not { } profile || profile.Tenant != number.Tenant))
            return "profile: the id of a SIP profile, or nothing for all of them";
        if (!ExtensionNumbers.IsAccepted(options, number.Tenant, number.Target) && !FeatureCodes.Has(number.Target, options.Calls, options.Routing.Codes) && !IsInside(number.Target))
            return $"target: {ExtensionNumbers.Accepted(options, number.Tenant)}, a service number, or a destination as ivr:main, queue:sales, group:sales, room:800, voicemail:100, play:closed, echo, api:reception, reject:486, webhook:https://…";
        return number.Label.Length > LongestLabel || number.Label.Any(char.IsControl) ? $"label: up to {LongestLabel} characters" : null;
    }

    // Who calls from outside does not go out again by a number alone; a rule may send him.
    private static bool IsInside(string target) => Destination.TryParse(target, out var destination, out _)
        && destination is Destination.Extension or Destination.Group or Destination.Queue or Destination.Ivr or Destination.Room or Destination.Voicemail or Destination.Api
            or Destination.Play or Destination.Echo or Destination.Reject or Destination.Webhook;

    private static async Task<Ok<Envelope<List<NumberView>>>> ListAsync(Identity who, TandemStorage storage, CancellationToken cancellation) =>
        ApiAnswer.Data((await storage.Profiles.ListNumbersAsync(who.Tenant, cancellation)).Select(NumberView.From).ToList());

    private static async Task<Results<Ok<Envelope<NumberView>>, JsonHttpResult<Failure>>> FindAsync(
        Identity who, TandemStorage storage, string number, CancellationToken cancellation) =>
        await storage.Profiles.FindNumberAsync(who.Tenant, number, cancellation) is { } found ? ApiAnswer.Data(NumberView.From(found)) : NotFound();

    private static async Task<Results<Ok<Envelope<NumberView>>, JsonHttpResult<Failure>>> SetAsync(
        Identity who, TandemStorage storage, AuditLog audit, TandemOptions options, string number, NumberDraft draft, CancellationToken cancellation)
    {
        var wanted = new ProfileNumber(who.Tenant, number, string.IsNullOrEmpty(draft.Profile) ? null : new ProfileId(draft.Profile), draft.Target ?? "", draft.Label ?? "");
        if (FaultOf(wanted, options, storage.ProfileDirectory.Find) is { } fault)
            return ApiAnswer.Fail(400, "VALIDATION_ERROR", fault);

        try
        {
            await storage.Profiles.SetNumberAsync(wanted, options.Trunks.MaxNumbers, cancellation);
            audit.Write(who, "number.set", number, Describe(wanted));
            return ApiAnswer.Data(NumberView.From(wanted));
        }
        catch (StorageException e)
        {
            return ApiAnswer.Fail(409, "LIMIT", e.Message);
        }
    }

    private static async Task<Results<Ok<Envelope<Done>>, JsonHttpResult<Failure>>> RemoveAsync(
        Identity who, TandemStorage storage, AuditLog audit, string number, CancellationToken cancellation)
    {
        if (!await storage.Profiles.RemoveNumberAsync(who.Tenant, number, cancellation))
            return NotFound();

        audit.Write(who, "number.remove", number);
        return ApiAnswer.Data(new Done("Removed"));
    }

    private static async ValueTask<object?> VersionAsync(HttpContext context, Identity who) =>
        await context.Service<TandemStorage>().Profiles.FindNumberAsync(who.Tenant, context.Part("number"), context.RequestAborted) is { } found ? NumberView.From(found) : null;

    private static string Describe(ProfileNumber number) => $"to {number.Target}, by {number.Profile?.Value ?? "any profile"}";

    private static bool IsNumber(string number) =>
        number.StartsWith('+') ? NumberPlan.IsE164(number)
            : number.Length is > 0 and <= LongestNumber && number.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private static JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such number");
}

/// <summary>Where the calls of a number go.</summary>
/// <param name="Profile">The id of the SIP profile by which they come in; nothing for any.</param>
/// <param name="Target">An extension, a service number, or a destination inside: <c>ivr:main</c>.</param>
/// <param name="Label">For people.</param>
public sealed record NumberDraft(string? Profile = null, string? Target = null, string? Label = null);

/// <summary>A number and where its calls go.</summary>
public sealed record NumberView(string Number, string? Profile, string Target, string Label)
{
    internal static NumberView From(ProfileNumber number) => new(number.Number, number.Profile?.Value, number.Target, number.Label);
}
