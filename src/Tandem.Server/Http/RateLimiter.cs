using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Tandem.Server.Options;

namespace Tandem.Server.Http;

/// <summary>
/// Counts requests per source in fixed windows. IPv6 sources are counted by their /64. The table is bounded: when it is full of
/// windows that are not over, further sources share one.
/// </summary>
public sealed class RateLimiter(HttpOptions options, TimeProvider time)
{
    /// <summary>Sources that are counted apart at most. 50,000 (about 6 MB).</summary>
    internal const int MostSources = 50_000;

    private readonly ConcurrentDictionary<IPAddress, Window> _windows = new();
    private readonly Lock _cleaning = new();

    /// <summary>True when requests are limited at all.</summary>
    public bool IsOn => options.RateLimitMax > 0;

    /// <summary>Sources that are counted now.</summary>
    public int Count => _windows.Count;

    /// <summary>Counts one request of a source and says how it stands.</summary>
    public RateLimitResult Take(IPAddress source)
    {
        var now = time.GetTimestamp();
        var window = _windows.TryGetValue(KeyOf(source), out var known) ? known : Add(KeyOf(source), now);
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
            return new RateLimitResult(window.Requests <= options.RateLimitMax, options.RateLimitMax, Math.Max(0, options.RateLimitMax - window.Requests), left);
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

    private Window Add(IPAddress key, long now)
    {
        if (_windows.Count >= MostSources)
        {
            DropEnded(now);
            if (_windows.Count >= MostSources)
                key = IPAddress.None;
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
