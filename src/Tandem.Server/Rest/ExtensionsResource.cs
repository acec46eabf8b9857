using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Server.Options;
using Tandem.Storage;

namespace Tandem.Server.Rest;

/// <summary>Numbers that can be registered and called: <c>/api/extensions</c> (document 5).</summary>
public static class ExtensionsResource
{
    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/extensions", List).Needs(Permission.ExtensionsRead).WithSummary("Valid extension numbers, ascending");

    private static Ok<List<string>> List(Identity who, TandemStorage storage, TandemOptions options) =>
        ApiAnswer.Bare(storage.Directory.All(who.Tenant)
            .Where(extension => extension.Enabled && ExtensionNumbers.IsAccepted(options, who.Tenant, extension.Number))
            .Select(extension => extension.Number)
            .OrderBy(number => number.Length).ThenBy(number => number, StringComparer.Ordinal).ToList());
}
