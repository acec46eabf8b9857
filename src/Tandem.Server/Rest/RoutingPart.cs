using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Storage;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>The routes of one list of the routing document: each thing in it by its name, saved with checks of the whole.</summary>
/// <param name="Word">What one is called in the audit log.</param>
/// <param name="Title">What they are called.</param>
/// <param name="Get">The list.</param>
/// <param name="With">The document with another list.</param>
/// <param name="NameOf">The name of one.</param>
/// <param name="Named">The same with a name.</param>
internal sealed record RoutingPart<T>(
    string Word, string Title, Func<RoutingDocument, IReadOnlyList<T>> Get, Func<RoutingDocument, IReadOnlyList<T>, RoutingDocument> With, Func<T, string> NameOf, Func<T, string, T> Named)
    where T : class
{
    public void Map(RouteGroupBuilder api, string path)
    {
        api.MapGet(path, async (Identity who, TandemStorage storage, CancellationToken cancellation) =>
            ApiAnswer.Data(Get((await storage.Routing.DocumentAsync(who.Tenant, cancellation)).Document)))
            .Needs(Permission.RoutingRead).WithSummary(Title);
        api.MapGet(path + "/{name}", FindAsync).VersionedBy(PartAsync).Needs(Permission.RoutingRead).Produces<Envelope<T>>().Produces<Failure>(404).WithSummary($"One {Word}");
        api.MapPut(path + "/{name}", SetAsync).VersionedBy(PartAsync).Needs(Permission.RoutingWrite).Produces<Envelope<RoutingSaved<T>>>().Produces<RoutingFailure>(400).Produces<Failure>(409).Produces<Failure>(413)
            .WithSummary($"Adds or replaces a {Word}; what does not do what it looks like is named");
        api.MapDelete(path + "/{name}", RemoveAsync).VersionedBy(PartAsync).Needs(Permission.RoutingWrite).Produces<Envelope<Removed>>().Produces<RoutingFailure>(400).Produces<Failure>(404).Produces<Failure>(409)
            .WithSummary($"Removes a {Word}");
    }

    private async ValueTask<object?> PartAsync(HttpContext context, Identity who)
    {
        var (document, _) = await context.Service<TandemStorage>().Routing.DocumentAsync(who.Tenant, context.RequestAborted);
        return Get(document).FirstOrDefault(one => NameOf(one) == context.Part("name"));
    }

    private async Task<IResult> FindAsync(Identity who, TandemStorage storage, string name, CancellationToken cancellation)
    {
        var (document, _) = await storage.Routing.DocumentAsync(who.Tenant, cancellation);
        return Get(document).FirstOrDefault(one => NameOf(one) == name) is { } found ? ApiAnswer.Data(found) : NotFound();
    }

    private async Task<IResult> SetAsync(Identity who, TandemStorage storage, AuditLog audit, string name, T body, CancellationToken cancellation)
    {
        var (document, version) = await storage.Routing.DocumentAsync(who.Tenant, cancellation);
        var list = Get(document).ToList();
        var at = list.FindIndex(one => NameOf(one) == name);
        var named = Named(body, name);
        if (at < 0)
            list.Add(named);
        else
            list[at] = named;

        var changed = With(document, list).Normalized();
        var (table, problems) = RoutingCompiler.Compile(changed, RoutingResource.Exists(storage, who.Tenant));
        if (table is null)
            return RoutingFailure.Of(problems);
        if (RoutingResource.TooLarge(changed) is { } refusal)
            return refusal;
        if (await storage.Routing.SaveAsync(who.Tenant, changed, version, cancellation) is null)
            return Conflict();

        audit.Write(who, $"routing.{Word}.set", name);
        return ApiAnswer.Data(new RoutingSaved<T>(Get(changed)[at < 0 ? list.Count - 1 : at], problems));
    }

    private async Task<IResult> RemoveAsync(Identity who, TandemStorage storage, AuditLog audit, string name, CancellationToken cancellation)
    {
        var (document, version) = await storage.Routing.DocumentAsync(who.Tenant, cancellation);
        var list = Get(document).ToList();
        if (list.RemoveAll(one => NameOf(one) == name) == 0)
            return NotFound();

        var changed = With(document, list);
        var (table, problems) = RoutingCompiler.Compile(changed);
        if (table is null)
            return RoutingFailure.Of(problems);
        if (await storage.Routing.SaveAsync(who.Tenant, changed, version, cancellation) is null)
            return Conflict();

        audit.Write(who, $"routing.{Word}.remove", name);
        return ApiAnswer.Data(new Removed(name));
    }

    private IResult NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", $"No such {Word}");

    private static IResult Conflict() => ApiAnswer.Fail(409, "CHANGED_MEANWHILE", "Somebody else has changed the configuration at the same time: read it again");
}

/// <summary>What was saved, and what is wrong with the whole though it holds: rules that no call reaches, targets that are not there.</summary>
public sealed record RoutingSaved<T>(T Saved, IReadOnlyList<RoutingProblem> Warnings);
