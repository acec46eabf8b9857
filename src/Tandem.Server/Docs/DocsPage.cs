using System.Text.Json.Nodes;
using Tandem.Server.Http;

namespace Tandem.Server.Docs;

/// <summary>
/// The description of the API at <c>/openapi/v1.json</c>, and a page to read and try it at <c>/docs</c>. The page is this server's own: it loads nothing from
/// anywhere else, and its policy forbids it to.
/// </summary>
public static class DocsPage
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private const string Description = "/openapi/v1.json";

    /// <summary>Completes what the framework writes at <c>/openapi/v1.json</c>; before the routes.</summary>
    public static void UseExamples(WebApplication app) => app.UseWhen(context => context.Request.Path.Equals(Description), branch => branch.Use(CompleteAsync));

    public static void Map(WebApplication app)
    {
        // It describes what everybody can read in the source; what one may do with it is asked at each route.
        foreach (var (path, file, type) in new[] { ("/docs", "docs.html", "text/html; charset=utf-8"), ("/docs/docs.js", "docs.js", "text/javascript; charset=utf-8"), ("/docs/docs.css", "docs.css", "text/css; charset=utf-8") })
        {
            var content = Read(file);
            app.MapGet(path, (HttpContext context) =>
            {
                context.Response.Headers.ContentSecurityPolicy = Policy;
                return TypedResults.Bytes(content, type);
            }).WithMetadata(new OpenToAll()).ExcludeFromDescription();
        }
    }

    private static async Task CompleteAsync(HttpContext context, RequestDelegate next)
    {
        var real = context.Response.Body;
        using var copy = new MemoryStream();
        context.Response.Body = copy;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = real;
        }

        copy.Position = 0;
        if (context.Response.StatusCode != StatusCodes.Status200OK || await JsonNode.ParseAsync(copy, cancellationToken: context.RequestAborted) is not JsonObject document)
        {
            copy.Position = 0;
            await copy.CopyToAsync(real, context.RequestAborted);
            return;
        }

        OpenApiExamples.Complete(document);
        context.Response.ContentLength = null;
        await context.Response.WriteAsync(document.ToJsonString(), context.RequestAborted);
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(DocsPage).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the program");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
