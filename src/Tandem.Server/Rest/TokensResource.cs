using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Server.Http;
using Tandem.Storage;
using Tandem.Storage.Administration;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Tokens for programs: <c>/api/v1/tokens</c>. A token does no more than who makes it may, then and later.</summary>
public static class TokensResource
{
    internal const int LongestName = 64;
    internal const int MostAddresses = 64;
    private const int LongestDays = 36_500;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/tokens", ListAsync).Needs(Permission.TokensWrite).Produces<Envelope<List<TokenView>>>().WithSummary("The tokens of the tenant, oldest first");
        api.MapPost("/tokens", AddAsync).Needs(Permission.TokensWrite).Produces<Envelope<NewToken>>(201).Produces<FieldFailure>(400).Produces<Failure>(403)
            .WithSummary("Makes a token; its text is shown once");
        api.MapDelete("/tokens/{id}", RemoveAsync).Needs(Permission.TokensWrite).Produces<Envelope<Removed>>().Produces<Failure>(404).WithSummary("Ends a token at once");
    }

    /// <summary>Reads prefixes; null when one is none, or when there are too many. The result is what is stored.</summary>
    internal static string? ReadAddresses(IReadOnlyList<string> addresses)
    {
        var read = new List<string>();
        foreach (var text in addresses)
        {
            if (read.Count == MostAddresses || !NetPrefix.TryParse(text, out var prefix))
                return null;

            read.Add(prefix.ToString());
        }

        return string.Join(',', read);
    }

    private static async Task<IResult> ListAsync(Identity who, TandemStorage storage, CancellationToken cancellation) =>
        ApiAnswer.Data((await storage.Tokens.ListAsync(who.Tenant, cancellation)).Select(TokenView.From).ToList());

    private static async Task<IResult> AddAsync(Identity who, TandemStorage storage, AuditLog audit, TokenBody body, CancellationToken cancellation)
    {
        if (body.Name is not { Length: > 0 and <= LongestName } name || name.Any(char.IsControl))
            return ApiAnswer.Invalid("name", $"1 to {LongestName} characters, none of them a control character");
        if (body.Days is < 1 or > LongestDays)
            return ApiAnswer.Invalid("days", $"1 to {LongestDays}, or null for a token that does not end");

        var scopes = who.Permissions;
        if (body.Scopes is { } words && !PermissionSet.TryRead(words, out scopes, out _))
            return ApiAnswer.Invalid("scopes", string.Join(", ", PermissionSet.Words));
        if (!scopes.IsWithin(who.Permissions))
            return ApiAnswer.Fail(403, "FORBIDDEN", $"You may not grant {string.Join(", ", scopes.Except(who.Permissions).ToWords())}");
        if (ReadAddresses(body.Addresses ?? []) is not { } addresses)
            return ApiAnswer.Invalid("addresses", $"at most {MostAddresses} addresses or prefixes like 192.0.2.0/24");

        var grant = new TokenGrant(scopes, who.Role, who.Author.Tenant, who.Author.User, addresses);
        var (token, text) = await storage.Tokens.CreateAsync(who.Tenant, name, body.Days is { } days ? TimeSpan.FromDays(days) : null, grant, cancellation);
        audit.Write(who, "token.create", token.Id, $"name {name}, scopes {scopes}, addresses {(addresses.Length > 0 ? addresses : "any")}, ends {token.ExpiresAt?.ToString("O") ?? "never"}");
        return ApiAnswer.Made($"/api/v1/tokens/{token.Id}", new NewToken(text.Reveal(), TokenView.From(token)));
    }

    private static async Task<IResult> RemoveAsync(Identity who, TandemStorage storage, AuditLog audit, string id, CancellationToken cancellation)
    {
        if (!await storage.Tokens.RevokeAsync(who.Tenant, id, cancellation))
            return ApiAnswer.Fail(404, "NOT_FOUND", "No such token");

        audit.Write(who, "token.revoke", id);
        return ApiAnswer.Data(new Removed(id));
    }
}

/// <summary>A token without its text.</summary>
/// <param name="Prefix">How the text begins.</param>
/// <param name="Scopes">What it was made for.</param>
/// <param name="Role">The role that bounds it now.</param>
/// <param name="Addresses">Where it may come from; empty for anywhere.</param>
/// <param name="MadeBy">The user that made it; empty for the command line.</param>
/// <param name="LastUsedAt">To the minute; null for never.</param>
public sealed record TokenView(
    string Id, string Name, string Prefix, IReadOnlyList<string> Scopes, string Role, IReadOnlyList<string> Addresses, string MadeBy, DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt)
{
    internal static TokenView From(ApiToken token) => new(
        token.Id, token.Name, token.Prefix, token.Scopes.ToWords(), Roles.Word(token.Role), token.Addresses.Length > 0 ? token.Addresses.Split(',') : [], token.MadeBy,
        token.CreatedAt, token.ExpiresAt, token.LastUsedAt);
}

/// <summary>A token to make.</summary>
/// <param name="Days">How long it works; null for ever.</param>
/// <param name="Scopes">What it may do; null for all that its maker may.</param>
/// <param name="Addresses">Where it may come from; null for anywhere.</param>
public sealed record TokenBody(string? Name = null, int? Days = null, IReadOnlyList<string>? Scopes = null, IReadOnlyList<string>? Addresses = null);

/// <summary>A new token with its text, which cannot be read again.</summary>
public sealed record NewToken(string Text, TokenView Token);
