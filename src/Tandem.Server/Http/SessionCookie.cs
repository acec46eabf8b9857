using Tandem.Core.Privacy;

namespace Tandem.Server.Http;

/// <summary>The cookie that carries a session: not readable by scripts, never sent by pages of other sites.</summary>
internal static class SessionCookie
{
    /// <summary>How long a session lasts: a working day.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private const string Name = "tandem_session";
    private const int LongestText = 128;

    public static string? Read(HttpContext context) =>
        context.Request.Cookies.TryGetValue(Name, out var text) && text.Length is > 0 and <= LongestText ? text : null;

    public static void Set(HttpContext context, Secret text) => context.Response.Cookies.Append(Name, text.Reveal(), Options(context, Lifetime));

    public static void Clear(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context, null));

    private static CookieOptions Options(HttpContext context, TimeSpan? age) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        Path = "/",
        MaxAge = age,
        IsEssential = true,
    };
}
