using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Server.Http;
using Tandem.Storage;
using Tandem.Storage.Administration;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>People who sign in: <c>/api/v1/users</c>. Nobody makes a user, or changes one, who may do more than he himself.</summary>
public static class PeopleResource
{
    private const int LongestDisplayName = 100;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/users", ListAsync).Needs(Permission.UsersWrite).Produces<Envelope<List<Person>>>().WithSummary("The users of the tenant, by name");
        api.MapPost("/users", AddAsync).Needs(Permission.UsersWrite).Produces<Envelope<Person>>(201).Produces<FieldFailure>(400).Produces<Failure>(403).Produces<Failure>(409)
            .WithSummary("Makes a user");
        api.MapGet("/users/{name}", FindAsync).VersionedBy(VersionAsync).Needs(Permission.UsersWrite).Produces<Envelope<Person>>().Produces<Failure>(404).WithSummary("One user");
        api.MapPatch("/users/{name}", ChangeAsync).VersionedBy(VersionAsync).Needs(Permission.UsersWrite)
            .Produces<Envelope<Person>>().Produces<FieldFailure>(400).Produces<Failure>(403).Produces<Failure>(404).Produces<Failure>(409)
            .WithSummary("Changes a user; what is left out stays");
        api.MapDelete("/users/{name}", RemoveAsync).VersionedBy(VersionAsync).Needs(Permission.UsersWrite).Produces<Envelope<Removed>>().Produces<Failure>(403).Produces<Failure>(404).Produces<Failure>(409)
            .WithSummary("Removes a user, with the sessions and tokens");
    }

    // What a person changes, not what happens: a wrong password of somebody else does not make his page stale.
    private static async ValueTask<object?> VersionAsync(HttpContext context, Identity who) =>
        await context.Service<TandemStorage>().Users.FindAsync(who.Tenant, context.Part("name"), context.RequestAborted) is { } user ? Person.From(user) with { LockedUntil = null } : null;

    private static async Task<IResult> ListAsync(Identity who, TandemStorage storage, CancellationToken cancellation) =>
        ApiAnswer.Data((await storage.Users.ListAsync(who.Tenant, cancellation)).Select(Person.From).ToList());

    private static async Task<IResult> FindAsync(Identity who, TandemStorage storage, string name, CancellationToken cancellation) =>
        await storage.Users.FindAsync(who.Tenant, name, cancellation) is { } user ? ApiAnswer.Data(Person.From(user)) : NotFound();

    private static async Task<IResult> AddAsync(Identity who, TandemStorage storage, AuditLog audit, SignInGate gate, PersonBody body, CancellationToken cancellation)
    {
        if (body.Name is null || !UserRepository.IsName(body.Name))
            return ApiAnswer.Invalid("name", "1 to 64 of a-z, 0-9 and . _ - @ +");
        if (body.Password is null)
            return ApiAnswer.Invalid("password", PasswordRule);
        if (Check(body) is { } problem)
            return ApiAnswer.Invalid(problem);

        var role = Roles.Find(body.Role) ?? Role.ReadOnly;
        if (body.Role is null)
            return ApiAnswer.Invalid("role", string.Join(", ", Roles.Words));
        if (Refusal(who, role) is { } refusal)
            return refusal;

        using var turn = await gate.TryEnterAsync(cancellation);
        if (turn is null)
            return ApiAnswer.Fail(503, "BUSY", "Too many passwords are checked at once, please try again");
        if (!await storage.Users.AddAsync(who.Tenant, body.Name, body.DisplayName ?? "", role, new Secret(body.Password), cancellation))
            return ApiAnswer.Fail(409, "NAME_TAKEN", $"There is a user {body.Name} already");

        if (body.Enabled == false)
            await storage.Users.ChangeAsync(who.Tenant, body.Name, new UserChange(Enabled: false), cancellation);
        audit.Write(who, "user.create", body.Name, $"role {Roles.Word(role)}, enabled {body.Enabled ?? true}");
        return await storage.Users.FindAsync(who.Tenant, body.Name, cancellation) is { } made ? ApiAnswer.Made($"/api/v1/users/{body.Name}", Person.From(made)) : NotFound();
    }

    private static async Task<IResult> ChangeAsync(
        Identity who, TandemStorage storage, AuditLog audit, SignInGate gate, string name, PersonBody body, CancellationToken cancellation)
    {
        if (await storage.Users.FindAsync(who.Tenant, name, cancellation) is not { } before)
            return NotFound();
        if (body.Name is not null && body.Name != name)
            return ApiAnswer.Invalid("name", "the name of the user, which cannot be changed");
        if (Check(body) is { } problem)
            return ApiAnswer.Invalid(problem);

        // Both what he is and what he becomes must be within the rights of who asks: a password of an operator makes an operator.
        var role = Roles.Find(body.Role);
        if ((Refusal(who, before.Role) ?? (role is { } wanted ? Refusal(who, wanted) : null)) is { } refusal)
            return refusal;

        using var turn = body.Password is null ? null : await gate.TryEnterAsync(cancellation);
        if (body.Password is not null && turn is null)
            return ApiAnswer.Fail(503, "BUSY", "Too many passwords are checked at once, please try again");

        var change = new UserChange(
            body.DisplayName, role, body.Enabled, body.Password is { } password ? new Secret(password) : null, RemoveSecondFactor: body.SecondFactor == false);
        var saved = await storage.Users.ChangeAsync(who.Tenant, name, change, cancellation);
        if (saved != UserSave.Done || await storage.Users.FindAsync(who.Tenant, name, cancellation) is not { } after)
            return Answer(saved);

        audit.Write(who, "user.change", name, Describe(body, after));
        return ApiAnswer.Data(Person.From(after));
    }

    private static async Task<IResult> RemoveAsync(Identity who, TandemStorage storage, AuditLog audit, string name, CancellationToken cancellation)
    {
        if (await storage.Users.FindAsync(who.Tenant, name, cancellation) is not { } user)
            return NotFound();
        if (Refusal(who, user.Role) is { } refusal)
            return refusal;

        var saved = await storage.Users.RemoveAsync(who.Tenant, name, cancellation);
        if (saved != UserSave.Done)
            return Answer(saved);

        audit.Write(who, "user.remove", name);
        return ApiAnswer.Data(new Removed(name));
    }

    internal static readonly string PasswordRule =
        $"{UserRepository.MinimumPasswordLength} to {UserRepository.MaximumPasswordLength} characters, none of them a control character";

    private static FieldProblem? Check(PersonBody body)
    {
        if (body.DisplayName is { } display && (display.Length > LongestDisplayName || display.Any(char.IsControl)))
            return new FieldProblem("displayName", $"at most {LongestDisplayName} characters, none of them a control character");
        if (body.Role is not null && Roles.Find(body.Role) is null)
            return new FieldProblem("role", string.Join(", ", Roles.Words));
        if (body.SecondFactor == true)
            return new FieldProblem("secondFactor", "false to take it away; the user sets it up himself (/api/v1/me/second-factor)");

        return body.Password is { } password && !UserRepository.IsPassword(password) ? new FieldProblem("password", PasswordRule) : null;
    }

    private static IResult? Refusal(Identity who, Role role)
    {
        if (!Roles.MayGrant(who.Permissions, role))
            return ApiAnswer.Fail(403, "FORBIDDEN", $"A user with the role {Roles.Word(role)} may do more than you");

        return role == Role.Operator && who.Tenant != TenantId.Default
            ? ApiAnswer.Fail(403, "FORBIDDEN", "Operators belong to the default tenant")
            : null;
    }

    private static IResult Answer(UserSave saved) => saved == UserSave.LastOperator
        ? ApiAnswer.Fail(409, "LAST_OPERATOR", "The last operator stays: make another one first")
        : NotFound();

    private static string Describe(PersonBody body, UserAccount after)
    {
        var words = new List<string> { $"role {Roles.Word(after.Role)}", $"enabled {after.Enabled}" };
        if (body.DisplayName is not null)
            words.Add("another display name");
        if (body.Password is not null)
            words.Add("another password");
        if (body.SecondFactor == false)
            words.Add("second factor taken away");
        return string.Join(", ", words);
    }

    private static Microsoft.AspNetCore.Http.HttpResults.JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such user");
}

/// <summary>Somebody who signs in.</summary>
/// <param name="Role"><c>operator</c>, <c>tenant-admin</c>, <c>supervisor</c>, <c>agent</c> or <c>read-only</c>.</param>
/// <param name="SecondFactor">A code is asked for besides the password.</param>
/// <param name="LockedUntil">Too many wrong passwords: until when; null when not.</param>
public sealed record Person(
    string Name, string DisplayName, string Role, bool Enabled, bool SecondFactor, DateTimeOffset? LockedUntil, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt)
{
    internal static Person From(UserAccount user) => new(
        user.Name, user.DisplayName, Roles.Word(user.Role), user.Enabled, user.HasSecondFactor, user.LockedUntil, user.CreatedAt, user.ChangedAt);
}

/// <summary>A user to make or what to change of one; what is missing stays.</summary>
/// <param name="SecondFactor"><c>false</c> takes the second factor away.</param>
public sealed record PersonBody(
    string? Name = null, string? DisplayName = null, string? Role = null, bool? Enabled = null, string? Password = null, bool? SecondFactor = null);
