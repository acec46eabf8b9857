using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Storage;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>What an extension has set about its calls: <c>/api/v1/extensions/{number}/features</c>. Its phone sets the same by feature codes.</summary>
public static class FeaturesResource
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/extensions/{number}/features", Find).VersionedBy(Version).Needs(Permission.RoutingRead).Produces<Failure>(404).WithSummary("Forwards, do not disturb and limits of an extension");
        api.MapPut("/extensions/{number}/features", SetAsync).VersionedBy(Version).Needs(Permission.RoutingWrite).Produces<FieldFailure>(400).Produces<Failure>(404)
            .WithSummary("Sets them all; what is left out is as if there were nothing");
        api.MapDelete("/extensions/{number}/features", ClearAsync).VersionedBy(Version).Needs(Permission.RoutingWrite).Produces<Failure>(404).WithSummary("Takes all of them back");
    }

    private static ValueTask<object?> Version(HttpContext context, Identity who)
    {
        var (storage, number) = (context.Service<TandemStorage>(), context.Part("number"));
        return new(Exists(storage, who.Tenant, number) ? storage.RoutingDirectory.FeaturesOf(who.Tenant, number) ?? new ExtensionFeatures() : null);
    }

    private static Results<Ok<Envelope<ExtensionFeatures>>, JsonHttpResult<Failure>> Find(Identity who, TandemStorage storage, string number) =>
        Exists(storage, who.Tenant, number) ? ApiAnswer.Data(storage.RoutingDirectory.FeaturesOf(who.Tenant, number) ?? new ExtensionFeatures()) : NotFound();

    private static async Task<Results<Ok<Envelope<ExtensionFeatures>>, JsonHttpResult<FieldFailure>, JsonHttpResult<Failure>>> SetAsync(
        Identity who, TandemStorage storage, AuditLog audit, string number, ExtensionFeatures body, CancellationToken cancellation)
    {
        if (!Exists(storage, who.Tenant, number))
            return NotFound();

        var features = body with { FollowMe = body.FollowMe ?? [] };
        if (features.Problem() is { } problem)
        {
            var colon = problem.IndexOf(':', StringComparison.Ordinal);
            return ApiAnswer.Invalid(problem[..colon], problem[(colon + 2)..]);
        }

        await storage.Routing.SetFeaturesAsync(who.Tenant, number, features, cancellation);
        audit.Write(who, "extension.features", number, Describe(features));
        return ApiAnswer.Data(features);
    }

    private static async Task<Results<Ok<Envelope<ExtensionFeatures>>, JsonHttpResult<Failure>>> ClearAsync(
        Identity who, TandemStorage storage, AuditLog audit, string number, CancellationToken cancellation)
    {
        if (!Exists(storage, who.Tenant, number))
            return NotFound();

        await storage.Routing.SetFeaturesAsync(who.Tenant, number, null, cancellation);
        audit.Write(who, "extension.features.clear", number);
        return ApiAnswer.Data(new ExtensionFeatures());
    }

    /// <summary>What is set, in one line, for the audit log.</summary>
    internal static string Describe(ExtensionFeatures features)
    {
        var words = new List<string>();
        void Add(string name, string? value)
        {
            if (value is not null)
                words.Add($"{name} {value}");
        }

        Add("forward always", features.ForwardAlways);
        Add("busy", features.ForwardBusy);
        Add("no answer", features.ForwardNoAnswer);
        Add("unreachable", features.ForwardUnreachable);
        if (features.DoNotDisturb)
            words.Add("do not disturb");
        if (features.FollowMe.Count > 0)
            words.Add($"follow me {string.Join(' ', features.FollowMe.Select(follow => follow.To))}");
        return words.Count > 0 ? string.Join("; ", words) : "nothing forwarded";
    }

    private static bool Exists(TandemStorage storage, TenantId tenant, string number) => storage.Directory.Find(tenant, number) is not null;

    private static JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such extension");
}
