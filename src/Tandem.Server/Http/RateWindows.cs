using System.Collections.Concurrent;
using Tandem.Server.Options;

namespace Tandem.Server.Http;

/// <summary>Fixed windows in which requests are counted, by key; as many at most as the table may have. Thread-safe.</summary>
internal sealed class RateWindows(HttpOptions options, TimeProvider time, int most)
{
    private readonly ConcurrentDictionary<string, Window> _windows = new();
    private readonly Lock _cleaning = new();

    /// <summary>Keys that are counted now.</summary>
    public int Count => _windows.Count;

    /// <summary>Counts one request; null when the table is full of windows that are not over, and has none of this key.</summary>
    /// <param name="key">Whose request.</param>
    /// <param name="mayExceed">Counts it though the table is full.</param>
    public RateLimitResult? Take(string key, bool mayExceed = false)
    {
        var now = time.GetTimestamp();
        var window = _windows.TryGetValue(key, out var known) ? known : Add(key, now, mayExceed);
        if (window is null)
            return null;

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
            return RateLimitResult.Of(window.Requests, options.RateLimitMax, options.RateLimitWindow - age);
        }
    }

    private Window? Add(string key, long now, bool mayExceed)
    {
        if (_windows.Count >= most)
            DropEnded(now);
        return _windows.Count >= most && !mayExceed ? null : _windows.GetOrAdd(key, static (_, began) => new Window { Began = began }, now);
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
