namespace Tandem.Server.Http;

/// <summary>Headers that keep browsers from guessing types, framing the pages or telling other sites their addresses: what Helmet sets, as far as it means something for an API.</summary>
public sealed class SecurityHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Origin-Agent-Cluster"] = "?1";
        headers["X-DNS-Prefetch-Control"] = "off";
        headers["X-Download-Options"] = "noopen";
        headers["X-Permitted-Cross-Domain-Policies"] = "none";
        headers.XXSSProtection = "0";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

        // RFC 6797 §7.2: only over TLS. Phones and programs that use the plain port go on doing so.
        if (context.Request.IsHttps)
            headers.StrictTransportSecurity = "max-age=31536000";
        headers.CacheControl = "no-store";
        return next(context);
    }
}
