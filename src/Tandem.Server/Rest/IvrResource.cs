using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Ivr;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Server.Ivr;
using Tandem.Server.Options;
using Tandem.Storage;
using Tandem.Storage.Audit;
using Tandem.Storage.Ivr;

namespace Tandem.Server.Rest;

/// <summary>Menus for callers: <c>/api/v1/ivr</c>. What is saved is in force for the next call; calls in a flow keep the one that they began with.</summary>
public static class IvrResource
{
    private const string Yaml = "application/yaml";

    public static void Map(RouteGroupBuilder api)
    {
        var ivr = api.MapGroup("/ivr");
        ivr.MapGet("/flows", ListAsync).Needs(Permission.IvrRead).WithSummary("The flows by id");
        ivr.MapGet("/flows/{id}", FindAsync).Versioned(VersionAsync).Needs(Permission.IvrRead).Produces<Failure>(404).WithSummary("A flow, as JSON and as it was written");
        ivr.MapPut("/flows/{id}", SaveAsync).ReadsBody(RefuseFlow).Versioned(VersionAsync).Needs(Permission.IvrWrite).Accepts<JsonElement>("application/json", Yaml).Produces<Failure>(400).Produces<Failure>(409).Produces<Failure>(413)
            .WithSummary("Keeps a flow, JSON or YAML; it is checked first, and each field that is not accepted is named");
        ivr.MapDelete("/flows/{id}", RemoveAsync).Versioned(VersionAsync).Needs(Permission.IvrWrite).Produces<Failure>(404).WithSummary("Removes a flow; calls that are in it go on");
        ivr.MapGet("/flows/{id}/counts", CountsAsync).Needs(Permission.IvrRead).Produces<Failure>(404).WithSummary("How often each step of a flow ended how, since this node started");
        ivr.MapPost("/check", CheckAsync).Needs(Permission.IvrRead).Accepts<JsonElement>("application/json", Yaml).Produces<Failure>(413).WithMetadata(new NotAudited("it changes nothing")).WithSummary("Checks a flow without keeping it");
        ivr.MapGet("/schema", Schema).Needs(Permission.IvrRead).Produces(200, null, "application/schema+json").WithSummary("The JSON Schema of flows");
        ivr.MapGet("/secret", SecretAsync).Needs(Permission.IvrWrite).Produces<Failure>(409).WithSummary("The secret that requests of the tenant's flows are signed with");
        ivr.MapPost("/secret", RotateAsync).Needs(Permission.IvrWrite).Produces<Failure>(409).WithSummary("Makes a new secret; the one before counts no more");
    }

    private static async Task<Ok<Envelope<List<FlowSummary>>>> ListAsync(Identity who, TandemStorage storage, CancellationToken cancellation) =>
        ApiAnswer.Data((await storage.Ivr.ListAsync(who.Tenant, cancellation)).Select(FlowSummary.From).ToList());

    private static async Task<Results<Ok<Envelope<FlowDetail>>, JsonHttpResult<Failure>>> FindAsync(Identity who, TandemStorage storage, string id, CancellationToken cancellation) =>
        await storage.Ivr.FindAsync(who.Tenant, id, cancellation) is { } flow ? ApiAnswer.Data(FlowDetail.From(flow)) : NotFound();

    private static async Task<Results<Ok<Envelope<FlowSaved>>, JsonHttpResult<Failure>>> SaveAsync(
        HttpContext context, Identity who, TandemStorage storage, TandemOptions options, AuditLog audit, string id, CancellationToken cancellation)
    {
        if (await BodyAsync(context, options.Ivr, cancellation) is not { } text)
            return TooLarge(options.Ivr);

        var read = FlowDocuments.From(id, text, options.Ivr);
        if (read.Flow is not { } flow)
            return ApiAnswer.Fail(400, "VALIDATION_ERROR", Describe(read.Problems));

        if (await storage.Ivr.SaveAsync(who.Tenant, id, flow.Name, read.Json, read.Source, options.Ivr.MaxFlows, cancellation) is not { } isNew)
            return ApiAnswer.Fail(409, "LIMIT", $"there are {options.Ivr.MaxFlows} flows, and more are not kept");

        audit.Write(who, isNew ? "ivr.create" : "ivr.change", id, $"name {flow.Name}, {flow.Steps.Count} steps");
        return ApiAnswer.Data(new FlowSaved(id, flow.Name, flow.Steps.Count, isNew, await WarningsAsync(who, storage, flow, cancellation)));
    }

    private static async Task<Results<Ok<Envelope<Done>>, JsonHttpResult<Failure>>> RemoveAsync(
        Identity who, TandemStorage storage, AuditLog audit, string id, CancellationToken cancellation)
    {
        if (!await storage.Ivr.RemoveAsync(who.Tenant, id, cancellation))
            return NotFound();

        audit.Write(who, "ivr.remove", id);
        return ApiAnswer.Data(new Done("Removed"));
    }

    private static async Task<Results<Ok<Envelope<List<StepCounts>>>, JsonHttpResult<Failure>>> CountsAsync(
        Identity who, TandemStorage storage, IvrCounters counters, TandemOptions options, string id, CancellationToken cancellation)
    {
        if (await storage.Ivr.FindAsync(who.Tenant, id, cancellation) is not { } stored
            || IvrFlowReader.Read(id, Encoding.UTF8.GetBytes(stored.Document), options.Ivr).Flow is not { } flow)
            return NotFound();

        return ApiAnswer.Data(flow.Steps.Values.OrderBy(step => step.Id, StringComparer.Ordinal).Select(step => StepCounts.From(step, counters.Of(who.Tenant, id, step.Id))).ToList());
    }

    private static async Task<Results<Ok<Envelope<FlowCheck>>, JsonHttpResult<Failure>>> CheckAsync(
        HttpContext context, Identity who, TandemStorage storage, TandemOptions options, CancellationToken cancellation, string id = "flow")
    {
        if (await BodyAsync(context, options.Ivr, cancellation) is not { } text)
            return TooLarge(options.Ivr);

        var read = FlowDocuments.From(id, text, options.Ivr);
        return ApiAnswer.Data(new FlowCheck(read.Flow is not null, read.Problems, read.Flow is { } flow ? await WarningsAsync(who, storage, flow, cancellation) : []));
    }

    private static ContentHttpResult Schema(TandemOptions options) => TypedResults.Text(FlowSchema.Text, "application/schema+json", Encoding.UTF8);

    private static async Task<Results<Ok<Envelope<IvrSecret>>, JsonHttpResult<Failure>>> SecretAsync(Identity who, TandemStorage storage, AuditLog audit, CancellationToken cancellation)
    {
        if (await storage.Ivr.SecretAsync(who.Tenant, cancellation) is not { } secret)
            return NoKey();

        audit.Write(who, "ivr.secret.read", "");
        return ApiAnswer.Data(new IvrSecret(secret.Reveal()));
    }

    private static async Task<Results<Ok<Envelope<IvrSecret>>, JsonHttpResult<Failure>>> RotateAsync(Identity who, TandemStorage storage, AuditLog audit, CancellationToken cancellation)
    {
        if (await storage.Ivr.RotateAsync(who.Tenant, cancellation) is not { } secret)
            return NoKey();

        audit.Write(who, "ivr.secret", "");
        return ApiAnswer.Data(new IvrSecret(secret.Reveal()));
    }

    /// <summary>All problems in one line.</summary>
    internal static string Describe(IReadOnlyList<FieldProblem> problems) => string.Join("; ", problems.Take(10).Select(problem => $"{problem.Field}: {problem.Accepted}"));

    /// <summary>What is accepted, but leads nowhere yet.</summary>
    internal static async Task<IReadOnlyList<FieldProblem>> WarningsAsync(TenantId tenant, TandemStorage storage, IvrFlow flow, CancellationToken cancellation)
    {
        var known = (await storage.Ivr.ListAsync(tenant, cancellation)).Select(one => one.Id).ToHashSet(StringComparer.Ordinal);
        return [.. IvrFlowChecker.MissingFlows(flow, known.Contains)];
    }

    private static Task<IReadOnlyList<FieldProblem>> WarningsAsync(Identity who, TandemStorage storage, IvrFlow flow, CancellationToken cancellation) =>
        WarningsAsync(who.Tenant, storage, flow, cancellation);

    private static async ValueTask<string?> VersionAsync(HttpContext context) =>
        context.Features.Get<Identity>() is { } who
        && await context.RequestServices.GetRequiredService<TandemStorage>().Ivr.FindAsync(who.Tenant, context.Part("id"), context.RequestAborted) is { } flow
            ? flow.Version.ToString(System.Globalization.CultureInfo.InvariantCulture) : null;

    private static async Task<string?> BodyAsync(HttpContext context, IvrOptions options, CancellationToken cancellation)
    {
        var body = new byte[options.MaxDocumentBytes + 1];
        var length = 0;
        int read;
        while (length < body.Length && (read = await context.Request.Body.ReadAsync(body.AsMemory(length), cancellation)) > 0)
            length += read;
        return length > options.MaxDocumentBytes ? null : Encoding.UTF8.GetString(body, 0, length);
    }

    private static JsonHttpResult<Failure>? RefuseFlow(HttpContext context) =>
        context.Service<TandemOptions>().Ivr is var options && context.Request.ContentLength > options.MaxDocumentBytes ? TooLarge(options) : null;

    private static JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such flow");

    private static JsonHttpResult<Failure> NoKey() => ApiAnswer.Fail(409, "NO_KEY", "the secret cannot be read: its key is gone");

    private static JsonHttpResult<Failure> TooLarge(IvrOptions options) => ApiAnswer.Fail(413, "TOO_LARGE", $"at most {options.MaxDocumentBytes} bytes are accepted");
}

/// <summary>A flow in a list.</summary>
public sealed record FlowSummary(string Id, string Name, long Version, DateTimeOffset ChangedAt)
{
    internal static FlowSummary From(StoredFlow flow) => new(flow.Id, flow.Name, flow.Version, flow.ChangedAt);
}

/// <summary>A flow. Source is the YAML that it was written in, or null.</summary>
public sealed record FlowDetail(string Id, string Name, JsonElement Document, string? Source, long Version, DateTimeOffset ChangedAt)
{
    internal static FlowDetail From(StoredFlow flow) =>
        new(flow.Id, flow.Name, JsonSerializer.Deserialize<JsonElement>(flow.Document), flow.Source.Length > 0 ? flow.Source : null, flow.Version, flow.ChangedAt);
}

/// <summary>A flow that was kept, and flows that it goes into and that are not there yet.</summary>
public sealed record FlowSaved(string Id, string Name, int Steps, bool IsNew, IReadOnlyList<FieldProblem> Warnings);

/// <summary>What a check says.</summary>
public sealed record FlowCheck(bool IsValid, IReadOnlyList<FieldProblem> Problems, IReadOnlyList<FieldProblem> Warnings);

/// <summary>How often a step ended how.</summary>
public sealed record StepCounts(string Step, string Kind, long Done, long Silent, long Invalid, long Failed, long Gone)
{
    internal static StepCounts From(IvrStep step, IReadOnlyList<long> counts) => new(
        step.Id, step.Kind, counts[(int)IvrStepResult.Done], counts[(int)IvrStepResult.Silent], counts[(int)IvrStepResult.Invalid], counts[(int)IvrStepResult.Failed], counts[(int)IvrStepResult.Gone]);
}

/// <summary>The secret of requests, as Standard Webhooks writes secrets.</summary>
public sealed record IvrSecret(string Secret);
