using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Server.Http;
using Tandem.Server.Options;
using Tandem.Storage;
using Tandem.Storage.Audit;
using Tandem.Storage.Extensions;

namespace Tandem.Server.Rest;

/// <summary>Extensions with all that they are: <c>/api/v1/extensions</c>. A secret is shown when it is made, and never again.</summary>
public static class ExtensionSettingsResource
{
    private const int MaxLimit = 1_000;
    private const int LongestSecret = 128;
    private const int LongestCursor = 32;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/extensions", List).Needs(Permission.ExtensionsRead).Produces<Envelope<ExtensionPage>>().Produces<FieldFailure>(400).WithSummary("Extensions by number");
        api.MapPost("/extensions", AddAsync).Needs(Permission.ExtensionsWrite).Produces<Envelope<NewExtension>>(201).Produces<FieldFailure>(400).Produces<Failure>(409)
            .WithSummary("Makes an extension; its secret is shown once");
        api.MapGet("/extensions/{number}", Find).VersionedBy(Version).Needs(Permission.ExtensionsRead).Produces<Envelope<ExtensionView>>().Produces<Failure>(404).WithSummary("One extension");
        api.MapPatch("/extensions/{number}", ChangeAsync).VersionedBy(Version).Needs(Permission.ExtensionsWrite).Produces<Envelope<ExtensionView>>().Produces<FieldFailure>(400).Produces<Failure>(404)
            .WithSummary("Changes an extension; what is left out stays");
        api.MapDelete("/extensions/{number}", RemoveAsync).VersionedBy(Version).Needs(Permission.ExtensionsWrite).Produces<Envelope<Removed>>().Produces<Failure>(404)
            .WithSummary("Removes an extension; its registrations end");
        api.MapPost("/extensions/{number}/secret", ResetSecretAsync).VersionedBy(Version).Needs(Permission.ExtensionsWrite).Produces<Envelope<NewExtension>>().Produces<FieldFailure>(400).Produces<Failure>(404)
            .WithSummary("Gives an extension another secret, which is shown once; its registrations end");
    }

    private static IResult List(Identity who, TandemStorage storage, int? limit, string? cursor)
    {
        if (limit is < 1 or > MaxLimit)
            return ApiAnswer.Invalid("limit", $"1 to {MaxLimit}");
        if (cursor is { Length: 0 or > LongestCursor })
            return ApiAnswer.Invalid("cursor", "the nextCursor of a page before");

        var count = limit ?? MaxLimit;
        var page = new List<ExtensionView>(count);
        var rest = storage.Directory.All(who.Tenant).After(cursor, count + 1);
        foreach (var extension in rest[..Math.Min(count, rest.Length)])
            page.Add(ExtensionView.From(extension));
        return ApiAnswer.Data(new ExtensionPage(page, rest.Length > count ? page[^1].Number : null));
    }

    private static IResult Find(Identity who, TandemStorage storage, string number) =>
        storage.Directory.Find(who.Tenant, number) is { } extension ? ApiAnswer.Data(ExtensionView.From(extension)) : NotFound();

    private static async Task<IResult> AddAsync(
        Identity who, TandemStorage storage, AuditLog audit, TandemOptions options, ExtensionBody body, CancellationToken cancellation)
    {
        if (body.Number is not { } number || !ExtensionNumbers.IsAccepted(options, who.Tenant, number))
            return ApiAnswer.Invalid("number", ExtensionNumbers.Accepted(options, who.Tenant));
        if (body.TryRead(out var change) is { } problem)
            return ApiAnswer.Invalid(problem);

        var secret = body.Secret is { } text ? new Secret(text) : null;
        Extension? made;
        try
        {
            ReservedNumbers.CheckExtension(options, storage, who.Tenant, number);
            made = await storage.Extensions.AddAsync(who.Tenant, number, secret, change.DisplayName ?? "", change.Algorithms ?? "", cancellation);
        }
        catch (NumberTakenException taken)
        {
            return ApiAnswer.Taken(taken);
        }

        if (made is null)
            return ApiAnswer.Fail(409, "NUMBER_TAKEN", $"There is an extension {number} already");

        await storage.Extensions.ChangeAsync(who.Tenant, number, change, cancellation);
        audit.Write(who, "extension.create", number, Describe(change));
        return storage.Directory.Find(who.Tenant, number) is { } stored
            ? ApiAnswer.Made($"/api/v1/extensions/{number}", new NewExtension(made.Secret.Reveal(), ExtensionView.From(stored)))
            : NotFound();
    }

    private static async Task<IResult> ChangeAsync(
        Identity who, TandemStorage storage, AuditLog audit, string number, ExtensionBody body, CancellationToken cancellation)
    {
        if (body.Number is not null && body.Number != number)
            return ApiAnswer.Invalid("number", "the number of the extension, which cannot be changed");
        if (body.Secret is not null)
            return ApiAnswer.Invalid("secret", "nothing here: POST it to the extension's /secret");
        if (body.TryRead(out var change) is { } problem)
            return ApiAnswer.Invalid(problem);
        if (!await storage.Extensions.ChangeAsync(who.Tenant, number, change, cancellation))
            return NotFound();

        audit.Write(who, "extension.change", number, Describe(change));
        return Find(who, storage, number);
    }

    private static async Task<IResult> RemoveAsync(Identity who, TandemStorage storage, AuditLog audit, string number, CancellationToken cancellation)
    {
        if (!await storage.Extensions.RemoveAsync(who.Tenant, number, cancellation))
            return NotFound();

        audit.Write(who, "extension.remove", number);
        return ApiAnswer.Data(new Removed(number));
    }

    private static async Task<IResult> ResetSecretAsync(
        Identity who, TandemStorage storage, AuditLog audit, string number, SecretBody body, CancellationToken cancellation)
    {
        if (body.Secret is not null && !IsSecret(body.Secret))
            return ApiAnswer.Invalid("secret", SecretRule);
        if (await storage.Extensions.ResetSecretAsync(who.Tenant, number, body.Secret is { } text ? new Secret(text) : null, cancellation) is not { } secret)
            return NotFound();

        audit.Write(who, "extension.secret", number);
        return storage.Directory.Find(who.Tenant, number) is { } stored ? ApiAnswer.Data(new NewExtension(secret.Reveal(), ExtensionView.From(stored))) : NotFound();
    }

    private static ValueTask<object?> Version(HttpContext context, Identity who) =>
        new(context.Service<TandemStorage>().Directory.Find(who.Tenant, context.Part("number")) is { } extension ? ExtensionView.From(extension) : null);

    internal static readonly string SecretRule = $"1 to {LongestSecret} characters, none of them a control character; or nothing for a random one";

    internal static bool IsSecret(string text) => text.Length is > 0 and <= LongestSecret && !text.Any(char.IsControl);

    private static string Describe(ExtensionChange change)
    {
        var words = new List<string>();
        if (change.DisplayName is not null)
            words.Add("another display name");
        if (change.Enabled is { } enabled)
            words.Add($"enabled {enabled}");
        if (change.Algorithms is { } algorithms)
            words.Add($"algorithms {algorithms}");
        if (change.Srtp is { } srtp)
            words.Add($"srtp {srtp}");
        if (change.Codecs is { } codecs)
            words.Add($"codecs {codecs}");
        if (change.Recorded is { } recorded)
            words.Add($"recorded {recorded}");
        return string.Join(", ", words);
    }

    private static Microsoft.AspNetCore.Http.HttpResults.JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such extension");
}

/// <summary>A page of extensions, and where the next one begins; null at the end.</summary>
public sealed record ExtensionPage(List<ExtensionView> Extensions, string? NextCursor);

/// <summary>An extension without its secret. Empty texts are the installation's.</summary>
/// <param name="Algorithms">Digest algorithms in the order of the challenge.</param>
/// <param name="Srtp"><c>never</c>, <c>offered</c>, <c>required</c> or <c>dtls</c>.</param>
/// <param name="Codecs">SDP names in their order.</param>
/// <param name="Recorded">Its calls are recorded from the answer on.</param>
public sealed record ExtensionView(string Number, string DisplayName, bool Enabled, string Algorithms, string Srtp, string Codecs, bool Recorded)
{
    internal static ExtensionView From(Extension extension) => new(
        extension.Number, extension.DisplayName, extension.Enabled, extension.Algorithms, extension.Srtp?.ToString().ToLowerInvariant() ?? "", extension.Codecs, extension.IsRecorded);
}

/// <summary>An extension with its new secret, which cannot be read again.</summary>
public sealed record NewExtension(string Secret, ExtensionView Extension);

/// <summary>A secret to give; without one a random one is made.</summary>
public sealed record SecretBody(string? Secret = null);

/// <summary>An extension to make or what to change of one; what is missing stays. <c>default</c> or an empty text is the installation's.</summary>
public sealed record ExtensionBody(
    string? Number = null, string? DisplayName = null, bool? Enabled = null, string? Algorithms = null, string? Srtp = null, string? Codecs = null, bool? Recorded = null,
    string? Secret = null)
{
    internal FieldProblem? TryRead(out ExtensionChange change)
    {
        var algorithms = Algorithms is null ? null : ExtensionRules.ReadAlgorithms(Algorithms);
        var srtp = Srtp is null ? null : ExtensionRules.ReadSrtp(Srtp);
        var codecs = Codecs is null ? null : ExtensionRules.ReadCodecs(Codecs);
        change = new ExtensionChange(DisplayName, Enabled, algorithms, srtp, codecs, Recorded);
        if (DisplayName is { } name && (name.Length > ExtensionRules.LongestDisplayName || name.Any(char.IsControl)))
            return new FieldProblem("displayName", $"at most {ExtensionRules.LongestDisplayName} characters, none of them a control character");
        if (Algorithms is not null && algorithms is null)
            return new FieldProblem("algorithms", ExtensionRules.AlgorithmsAccepted);
        if (Srtp is not null && srtp is null)
            return new FieldProblem("srtp", ExtensionRules.SrtpAccepted);
        if (Codecs is not null && codecs is null)
            return new FieldProblem("codecs", ExtensionRules.CodecsAccepted);

        return Secret is not null && !ExtensionSettingsResource.IsSecret(Secret) ? new FieldProblem("secret", ExtensionSettingsResource.SecretRule) : null;
    }
}
