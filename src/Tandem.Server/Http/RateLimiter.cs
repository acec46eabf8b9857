using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Tandem.Calls.Ports;
using Tandem.Server.Options;

namespace Tandem.Server.Http;

/// <summary>
/// Counts requests per source and per token in fixed windows. IPv6 sources are counted by their /64. The table is bounded: when it is full of
/// windows that are not over, further sources share one. Where nodes share a counter, all of them count together; each counts by itself too, and
/// that is what holds while the others cannot be asked.
/// </summary>
public sealed class RateLimiter(HttpOptions options, TimeProvider time, ISharedCounter? shared = null)
{
    /// <summary>Sources that are counted apart at most. 50,000 (about 6 MB).</summary>
    internal const int MostSources = 50_000;

    private const string Others = "others";

    private readonly ConcurrentDictionary<string, Window> _windows = new();
    private readonly Lock _cleaning = new();

    /// <summary>True when requests are limited at all.</summary>
    public bool IsOn => options.RateLimitMax > 0;

    /// <summary>Sources that are counted now.</summary>
    public int Count => _windows.Count;

    /// <summary>Counts one request of a source, and of the token that it shows, and says how the one that stands worse stands.</summary>
    /// <param name="source">Where it comes from.</param>
    /// <param name="token">What it shows; null for none. It need not be a good one.</param>
    public async ValueTask<RateLimitResult> TakeAsync(IPAddress source, string? token)
    {
        var ofSource = await TakeAsync("a:" + KeyOf(source));
        if (token is null || !ofSource.IsAllowed)
            return ofSource;

        var ofToken = await TakeAsync("t:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)).AsSpan(0, 12)));
        return ofToken.Remaining < ofSource.Remaining || !ofToken.IsAllowed ? ofToken : ofSource;
    }

    /// <summary>Counts one request of a source at this node alone.</summary>
    public RateLimitResult Take(IPAddress source) => Take("a:" + KeyOf(source));

    private async ValueTask<RateLimitResult> TakeAsync(string key)
    {
        var here = Take(key);
        if (shared is not { IsConnected: true })
            return here;

        // The windows of all nodes begin together.
        var now = time.GetUtcNow().UtcTicks;
        var window = options.RateLimitWindow.Ticks;
        try
        {
            var sum = await shared.CountAsync(string.Create(CultureInfo.InvariantCulture, $"api:{key}:{now / window}"), 1, options.RateLimitWindow).WaitAsync(options.RateLimitWait, time);
            return sum is { } requests
                ? Result(requests, (int)Math.Ceiling(TimeSpan.FromTicks(window - (now % window)).TotalSeconds))
                : here;
        }
        catch (TimeoutException)
        {
            return here;
        }
    }

    private RateLimitResult Result(long requests, int left) =>
        new(requests <= options.RateLimitMax, options.RateLimitMax, (int)Math.Max(0, options.RateLimitMax - requests), left);

    private RateLimitResult Take(string key)
    {
        var now = time.GetTimestamp();
        var window = _windows.TryGetValue(key, out var known) ? known : Add(key, now);
        lock (window)
        {
            var age = time.GetElapsedTime(window.Began, now);
            if (age >= options.RateLimitWindow)
            {
                window.Began = now;
                window.Requests = 0;
                age = TimeSpan.Zero;
            }

            window.Requests++;
            var left = (int)Math.Ceiling((options.RateLimitWindow - age).TotalSeconds);
            return Result(window.Requests, left);
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

    private Window Add(string key, long now)
    {
        if (_windows.Count >= MostSources)
        {
            DropEnded(now);
            if (_windows.Count >= MostSources)
                key = Others;
        }

        return _windows.GetOrAdd(key, static (_, began) => new Window { Began = began }, now);
    }

    private void DropEnded(long now)
    {
        if (!_cleaning.TryEnter())
            return;

        try
        {
            foreach (var (key, window) in _windows)
            {
                if (time.GetElapsedTime(window.Began, now) >= options.RateLimitWindow)
                    _windows.TryRemove(key, out _);
            }
        }
        finally
        {
            _cleaning.Exit();
        }
    }

    private sealed class Window
    {
        public long Began { get; set; }

        public int Requests { get; set; }
    }
}
