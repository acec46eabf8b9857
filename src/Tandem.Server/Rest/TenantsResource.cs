using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Storage;
using Tandem.Storage.Audit;
using Tandem.Storage.Tenants;

namespace Tandem.Server.Rest;

/// <summary>The tenants of the installation, for its operator: <c>/api/v1/tenants</c>.</summary>
public static class TenantsResource
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/tenants", List).Needs(Permission.TenantsWrite).Produces<Envelope<List<TenantView>>>().WithSummary("All tenants, by id");
        api.MapPost("/tenants", AddAsync).Needs(Permission.TenantsWrite).Produces<Envelope<TenantView>>(201).Produces<FieldFailure>(400).Produces<Failure>(409)
            .WithSummary("Makes a tenant");
        api.MapGet("/tenants/{id}", Find).VersionedBy(VersionAsync).Needs(Permission.TenantsWrite).Produces<Envelope<TenantView>>().Produces<Failure>(404).WithSummary("One tenant");
        api.MapPatch("/tenants/{id}", ChangeAsync).VersionedBy(VersionAsync).Needs(Permission.TenantsWrite).Produces<Envelope<TenantView>>().Produces<FieldFailure>(400).Produces<Failure>(404).Produces<Failure>(409)
            .WithSummary("Changes a tenant; what is left out stays");
        api.MapDelete("/tenants/{id}", RemoveAsync).VersionedBy(VersionAsync).Needs(Permission.TenantsWrite).Produces<Envelope<Removed>>().Produces<Failure>(404).Produces<Failure>(409)
            .WithSummary("Removes a tenant with its people, tokens, extensions and profiles");
    }

    private static IResult List(ITenantDirectory tenants) => ApiAnswer.Data(tenants.All.Select(TenantView.From).ToList());

    private static IResult Find(ITenantDirectory tenants, string id) =>
        tenants.Find(new TenantId(id)) is { } tenant ? ApiAnswer.Data(TenantView.From(tenant)) : NotFound();

    private static async Task<IResult> AddAsync(Identity who, TandemStorage storage, AuditLog audit, TenantBody body, CancellationToken cancellation)
    {
        var id = new TenantId(body.Id ?? "");
        var tenant = body.On(new Tenant(id, id.Value));
        if (TenantRules.Find(tenant) is { } problem)
            return ApiAnswer.Invalid(problem);

        var saved = await storage.Tenants.AddAsync(tenant, cancellation);
        if (saved != TenantSave.Done || await storage.Tenants.FindAsync(id, cancellation) is not { } made)
            return Refusal(saved, tenant);

        audit.Write(who, "tenant.create", id.Value, Describe(made));
        return ApiAnswer.Made($"/api/v1/tenants/{id}", TenantView.From(made));
    }

    private static async Task<IResult> ChangeAsync(Identity who, TandemStorage storage, AuditLog audit, string id, TenantBody body, CancellationToken cancellation)
    {
        if (await storage.Tenants.FindAsync(new TenantId(id), cancellation) is not { } before)
            return NotFound();
        if (body.Id is not null && body.Id != id)
            return ApiAnswer.Invalid("id", "the id of the tenant, which cannot be changed");
        if (before.Id == TenantId.Default && body.Enabled == false)
            return ApiAnswer.Invalid("enabled", "true: the default tenant has the operators");

        var after = body.On(before);
        if (TenantRules.Find(after) is { } problem)
            return ApiAnswer.Invalid(problem);

        var saved = await storage.Tenants.ChangeAsync(after, before.Version, cancellation);
        if (saved != TenantSave.Done || await storage.Tenants.FindAsync(before.Id, cancellation) is not { } changed)
            return Refusal(saved, after);

        audit.Write(who, "tenant.change", id, Describe(changed));
        return ApiAnswer.Data(TenantView.From(changed));
    }

    private static async Task<IResult> RemoveAsync(Identity who, TandemStorage storage, AuditLog audit, string id, CancellationToken cancellation)
    {
        var tenant = new TenantId(id);
        if (tenant == TenantId.Default)
            return ApiAnswer.Fail(409, "DEFAULT_TENANT", "The default tenant cannot be removed");
        if (await storage.Tenants.RemoveAsync(tenant, cancellation) != TenantSave.Done)
            return NotFound();

        audit.Write(who, "tenant.remove", id);
        return ApiAnswer.Data(new Removed(id));
    }

    private static async ValueTask<object?> VersionAsync(HttpContext context, Identity who) =>
        await context.Service<TandemStorage>().Tenants.FindAsync(new TenantId(context.Part("id")), context.RequestAborted) is { } tenant ? TenantView.From(tenant) : null;

    private static IResult Refusal(TenantSave saved, Tenant tenant) => saved switch
    {
        TenantSave.IdTaken => ApiAnswer.Fail(409, "ID_TAKEN", $"A tenant has, or had, the id {tenant.Id}"),
        TenantSave.DomainTaken => ApiAnswer.Fail(409, "DOMAIN_TAKEN", $"Another tenant has the domain {tenant.Domain}"),
        TenantSave.Stale => ApiAnswer.Fail(409, "CONFLICT", "The tenant was changed meanwhile"),
        _ => NotFound(),
    };

    private static string Describe(Tenant tenant) =>
        $"name {tenant.DisplayName}, domain {tenant.Domain ?? "none"}, enabled {tenant.Enabled}, time zone {tenant.TimeZone}, language {tenant.Language}, "
        + $"calls {tenant.Limits.Calls}, calls a second {tenant.Limits.CallsPerSecond}, registrations {tenant.Limits.Registrations}, storage {tenant.Limits.StorageBytes}, money a day {tenant.Limits.SpendPerDay.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture)}";

    private static Microsoft.AspNetCore.Http.HttpResults.JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such tenant");
}

/// <summary>A tenant.</summary>
/// <param name="Domain">The SIP domain of its phones; null for none.</param>
/// <param name="TimeZone">IANA name.</param>
/// <param name="Language">BCP 47.</param>
public sealed record TenantView(
    string Id, string DisplayName, string? Domain, bool Enabled, string TimeZone, string Language, TenantLimits Limits, DateTimeOffset CreatedAt, long Version)
{
    internal static TenantView From(Tenant tenant) => new(
        tenant.Id.Value, tenant.DisplayName, tenant.Domain, tenant.Enabled, tenant.TimeZone, tenant.Language, tenant.Limits, tenant.CreatedAt, tenant.Version);
}

/// <summary>A tenant to make or what to change of one; what is missing stays. An empty domain takes it away.</summary>
public sealed record TenantBody(
    string? Id = null, string? DisplayName = null, string? Domain = null, bool? Enabled = null, string? TimeZone = null, string? Language = null, TenantLimitsBody? Limits = null)
{
    internal Tenant On(Tenant tenant) => tenant with
    {
        DisplayName = DisplayName ?? tenant.DisplayName,
        Domain = Domain switch { null => tenant.Domain, "" => null, _ => Domain.ToLowerInvariant() },
        Enabled = Enabled ?? tenant.Enabled,
        TimeZone = TimeZone ?? tenant.TimeZone,
        Language = Language ?? tenant.Language,
        Limits = Limits?.On(tenant.Limits) ?? tenant.Limits,
    };
}

/// <summary>Limits of a tenant; 0 for none, what is missing stays.</summary>
public sealed record TenantLimitsBody(int? Calls = null, int? CallsPerSecond = null, int? Registrations = null, long? StorageBytes = null, decimal? SpendPerDay = null)
{
    internal TenantLimits On(TenantLimits limits) => new(
        Calls ?? limits.Calls, CallsPerSecond ?? limits.CallsPerSecond, Registrations ?? limits.Registrations, StorageBytes ?? limits.StorageBytes,
        SpendPerDay ?? limits.SpendPerDay);
}
