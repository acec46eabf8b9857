using System.Runtime.CompilerServices;

namespace Tandem.Server.Rest;

/// <summary>docs/api.md against the routes that are served.</summary>
public sealed class ApiPageTests
{
    [Fact]
    public async Task Every_route_is_on_the_page_and_the_page_has_no_other()
    {
        await using var server = await ApiServer.StartAsync();
        var served = (await server.JsonAsync("/openapi/v1.json")).GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}")).Order();

        var page = await File.ReadAllLinesAsync(Page(), TestContext.Current.CancellationToken);
        var described = page.Where(line => line.StartsWith("| `GET /", StringComparison.Ordinal) || line.StartsWith("| `POST /", StringComparison.Ordinal)
                || line.StartsWith("| `PATCH /", StringComparison.Ordinal) || line.StartsWith("| `PUT /", StringComparison.Ordinal) || line.StartsWith("| `DELETE /", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1].Split('?')[0]).Append("GET /api/statistics").Order();

        Assert.Equal(served, described);
    }

    private static string Page([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "api.md"));
}
