using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Server.Options;
using Tandem.Storage;

namespace Tandem.Server.Rest;

/// <summary>Numbers that can be registered and called: <c>/api/extensions</c> (document 5).</summary>
public static class ExtensionsResource
{
    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/extensions", List).WithSummary("Valid extension numbers, ascending");

    private static Ok<List<string>> List(TandemStorage storage, TandemOptions options)
    {
        var range = new ExtensionRange(options.Calls.FirstExtension, options.Calls.LastExtension);
        return ApiAnswer.Bare(storage.Directory.All(TenantId.Default)
            .Where(extension => extension.Enabled && range.Contains(extension.Number))
            .Select(extension => extension.Number)
            .OrderBy(number => number.Length).ThenBy(number => number, StringComparer.Ordinal).ToList());
    }
}
