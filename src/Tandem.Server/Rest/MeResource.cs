using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Server.Http;
using Tandem.Storage;
using Tandem.Storage.Administration;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Who asks, his password and his second factor: <c>/api/v1/me</c>.</summary>
public static class MeResource
{
    private const string Issuer = "Tandem";
    private const int LongestCode = 32;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/me", FindAsync).NeedsSignIn().Produces<Envelope<Me>>().WithSummary("Who asks, and what he may do");
        api.MapPut("/me/password", SetPasswordAsync).NeedsSignIn().Produces<Envelope<Done>>().Produces<FieldFailure>(400).Produces<Failure>(403).Produces<Failure>(409)
            .WithSummary("Changes the own password; all sessions end");
        api.MapPost("/me/second-factor", EnrolAsync).NeedsSignIn().Produces<Envelope<SecondFactorSecret>>().Produces<Failure>(403).Produces<Failure>(409)
            .WithSummary("Makes a secret for an authenticator (RFC 6238); it is in force once it is confirmed");
        api.MapPost("/me/second-factor/confirm", ConfirmAsync).NeedsSignIn().Produces<Envelope<RecoveryCodes>>().Produces<Failure>(403).Produces<Failure>(409)
            .WithSummary("Puts the secret in force; the recovery codes are shown once");
        api.MapPost("/me/second-factor/remove", RemoveAsync).NeedsSignIn().Produces<Envelope<Done>>().Produces<Failure>(403).Produces<Failure>(409)
            .WithSummary("Takes the second factor away");
    }

    private static async Task<IResult> FindAsync(Identity who, TandemStorage storage, ITenantDirectory tenants, CancellationToken cancellation)
    {
        var user = who.UserId is { } name ? await storage.Users.FindAsync(who.Home, name, cancellation) : null;
        var left = user is { HasSecondFactor: true } ? await storage.SecondFactors.RecoveryCodesLeftAsync(who.Home, user.Name, cancellation) : (int?)null;
        return ApiAnswer.Data(new Me(
            who.Name, who.Kind.ToString().ToLowerInvariant(), user?.DisplayName ?? "", who.Tenant.Value, tenants.Find(who.Tenant)?.DisplayName ?? "", Roles.Word(who.Role),
            who.Permissions.ToWords(), user?.HasSecondFactor ?? false, left, who.ExpiresAt));
    }

    private static async Task<IResult> SetPasswordAsync(
        Identity who, TandemStorage storage, AuditLog audit, SignInGate gate, PasswordBody body, CancellationToken cancellation)
    {
        if (who.UserId is not { } name)
            return NobodysOwn();
        if (body.NewPassword is null || !UserRepository.IsPassword(body.NewPassword))
            return ApiAnswer.Invalid("newPassword", PeopleResource.PasswordRule);
        if (await CheckAsync(who.Home, name, storage, gate, body.Password, cancellation) is { } refusal)
            return refusal;

        await storage.Users.ChangeAsync(who.Home, name, new UserChange(Password: new Secret(body.NewPassword)), cancellation);
        audit.Write(who with { Tenant = who.Home }, "user.password", name);
        return ApiAnswer.Data(new Done("The password is changed, all sessions have ended"));
    }

    private static async Task<IResult> EnrolAsync(Identity who, TandemStorage storage, AuditLog audit, SignInGate gate, OwnPassword body, CancellationToken cancellation)
    {
        if (who.UserId is not { } name)
            return NobodysOwn();
        if (await CheckAsync(who.Home, name, storage, gate, body.Password, cancellation) is { } refusal)
            return refusal;
        if (await storage.SecondFactors.EnrolAsync(who.Home, name, cancellation) is not { } secret)
            return NobodysOwn();

        audit.Write(who with { Tenant = who.Home }, "user.second-factor.enrol", name);
        var label = Uri.EscapeDataString($"{Issuer}:{name}");
        return ApiAnswer.Data(new SecondFactorSecret(
            secret.Reveal(), $"otpauth://totp/{label}?secret={secret.Reveal()}&issuer={Issuer}&algorithm=SHA1&digits=6&period=30"));
    }

    private static async Task<IResult> ConfirmAsync(Identity who, TandemStorage storage, AuditLog audit, CodeBody body, CancellationToken cancellation)
    {
        if (who.UserId is not { } name)
            return NobodysOwn();
        if (body.Code is not { Length: > 0 and <= LongestCode } code || await storage.SecondFactors.ConfirmAsync(who.Home, name, code, cancellation) is not { } codes)
            return ApiAnswer.Fail(403, "WRONG_CODE", "This is not the code of the secret that was made, or none was made");

        audit.Write(who with { Tenant = who.Home }, "user.second-factor.confirm", name);
        return ApiAnswer.Data(new RecoveryCodes(codes));
    }

    private static async Task<IResult> RemoveAsync(Identity who, TandemStorage storage, AuditLog audit, SignInGate gate, OwnPassword body, CancellationToken cancellation)
    {
        if (who.UserId is not { } name)
            return NobodysOwn();
        if (await CheckAsync(who.Home, name, storage, gate, body.Password, cancellation) is { } refusal)
            return refusal;

        await storage.Users.ChangeAsync(who.Home, name, new UserChange(RemoveSecondFactor: true), cancellation);
        audit.Write(who with { Tenant = who.Home }, "user.second-factor.remove", name);
        return ApiAnswer.Data(new Done("The second factor is taken away"));
    }

    // A session that somebody left open must not be enough to take an account over.
    private static async Task<IResult?> CheckAsync(TenantId tenant, string name, TandemStorage storage, SignInGate gate, string? password, CancellationToken cancellation)
    {
        using var turn = await gate.TryEnterAsync(cancellation);
        if (turn is null)
            return ApiAnswer.Fail(503, "BUSY", "Too many passwords are checked at once, please try again");

        return password is { Length: > 0 and <= UserRepository.MaximumPasswordLength } && await storage.Users.CheckPasswordAsync(tenant, name, password, cancellation)
            ? null
            : ApiAnswer.Fail(403, "WRONG_PASSWORD", "password is not your password");
    }

    private static IResult NobodysOwn() => ApiAnswer.Fail(409, "NO_USER", "Only a user who has signed in has a password and a second factor");
}

/// <summary>Who asks.</summary>
/// <param name="Kind"><c>session</c>, <c>token</c> or <c>loopback</c>.</param>
/// <param name="Tenant">The tenant that the request acts in.</param>
/// <param name="RecoveryCodesLeft">Null without a second factor.</param>
/// <param name="ExpiresAt">When the session or token ends; null for never.</param>
public sealed record Me(
    string Name, string Kind, string DisplayName, string Tenant, string TenantName, string Role, IReadOnlyList<string> Permissions, bool SecondFactor, int? RecoveryCodesLeft,
    DateTimeOffset? ExpiresAt);

/// <summary>A change of the own password.</summary>
public sealed record PasswordBody(string? Password, string? NewPassword);

/// <summary>The own password, as a proof.</summary>
public sealed record OwnPassword(string? Password);

/// <summary>A code of the authenticator.</summary>
public sealed record CodeBody(string? Code);

/// <summary>A new secret: in base32, and as the address that authenticators read from a picture.</summary>
public sealed record SecondFactorSecret(string Secret, string Uri);

/// <summary>Codes for the day when the authenticator is lost; each works once.</summary>
public sealed record RecoveryCodes(IReadOnlyList<string> Codes);
