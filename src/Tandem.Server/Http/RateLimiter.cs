using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tandem.Calls.Ports;
using Tandem.Server.Options;

namespace Tandem.Server.Http;

/// <summary>
/// Counts requests per source, and per token that was found to be good, in fixed windows. IPv6 sources are counted by their /64. Both tables are
/// bounded: when that of sources is full of windows that are not over, further sources share one; when that of tokens is, further ones are counted
/// by their source alone. Where nodes share a counter, all of them count together; each counts by itself too, and that is what holds while the
/// others cannot be asked.
/// </summary>
public sealed class RateLimiter(HttpOptions options, TimeProvider time, ISharedCounter? shared = null)
{
    /// <summary>Sources that are counted apart at most, and as many tokens. 50,000 (about 6 MB).</summary>
    internal const int MostSources = 50_000;

    private const string Others = "others";

    private readonly RateWindows _sources = new(options, time, MostSources);
    private readonly RateWindows _tokens = new(options, time, MostSources);

    /// <summary>True when requests are limited at all.</summary>
    public bool IsOn => options.RateLimitMax > 0;

    /// <summary>Sources that are counted now.</summary>
    public int Count => _sources.Count;

    /// <summary>Tokens that are counted now.</summary>
    public int Tokens => _tokens.Count;

    /// <summary>Counts one request of a source, at all nodes together.</summary>
    public ValueTask<RateLimitResult> TakeAsync(IPAddress source)
    {
        var key = KeyOf(source).ToString();
        return TogetherAsync("a:" + key, TakeSource(key));
    }

    /// <summary>Counts one request of a token, at all nodes together; null when it is counted by its source alone.</summary>
    /// <param name="id">The id of a token that is good: what strangers make up is not counted here.</param>
    public async ValueTask<RateLimitResult?> TakeTokenAsync(string id) => _tokens.Take(id) is { } here ? await TogetherAsync("t:" + id, here) : null;

    /// <summary>Counts one request of a source at this node alone.</summary>
    public RateLimitResult Take(IPAddress source) => TakeSource(KeyOf(source).ToString());

    private RateLimitResult TakeSource(string key) => _sources.Take(key) ?? _sources.Take(Others, mayExceed: true)!.Value;

    private async ValueTask<RateLimitResult> TogetherAsync(string key, RateLimitResult here)
    {
        if (shared is not { IsConnected: true })
            return here;

        // The windows of all nodes begin together.
        var now = time.GetUtcNow().UtcTicks;
        var window = options.RateLimitWindow.Ticks;
        try
        {
            var sum = await shared.CountAsync(string.Create(CultureInfo.InvariantCulture, $"api:{key}:{now / window}"), 1, options.RateLimitWindow).WaitAsync(options.RateLimitWait, time);
            return sum is { } requests ? RateLimitResult.Of(requests, options.RateLimitMax, TimeSpan.FromTicks(window - (now % window))) : here;
        }
        catch (TimeoutException)
        {
            return here;
        }
    }

    private static IPAddress KeyOf(IPAddress source)
    {
        if (source.IsIPv4MappedToIPv6)
            return source.MapToIPv4();
        if (source.AddressFamily != AddressFamily.InterNetworkV6)
            return source;

        Span<byte> bytes = stackalloc byte[16];
        source.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }
}
