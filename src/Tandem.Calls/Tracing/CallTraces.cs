using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Parsing;

namespace Tandem.Calls.Tracing;

/// <summary>
/// The trace of each call: the SIP messages of all its legs, what was decided, what happened, how good the sound was. Always on and bounded
/// (<see cref="TraceOptions"/>), in memory, kept for a while after the call. Thread-safe.
/// <para>
/// A message finds its trace by its Call-ID. An INVITE that is no call yet opens a trace that waits for one; only a few of those are kept,
/// so that who floods us with INVITEs pushes out nothing but his own.
/// </para>
/// </summary>
public sealed partial class CallTraces : ISipObserver, IEventSink
{
    private const int LongestCallId = 256;
    private const int MostWaiting = 256;
    private const int SpareBytes = 16 * TraceBlocks.BlockBytes;
    private const int AgeShare = 8;

    // RFC 3261 timers: what still comes of a call that has ended comes within 64*T1.
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(32);

    [ThreadStatic]
    private static byte[]? _scratch;

    private readonly TraceOptions _options;
    private readonly IWallClock _clock;
    private readonly TraceBlocks _blocks;
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, TraceBook> _bySipCallId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TraceBook>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly ConcurrentDictionary<CallId, TraceBook> _byId = new();
    private readonly Queue<TraceBook> _waiting = new();
    private readonly Queue<TraceBook> _ended = new();
    private long _leftOut;

    // As many as _byId has, under the lock: to count a concurrent dictionary takes all its locks.
    private int _calls;

    public CallTraces(TraceOptions options, IWallClock clock)
    {
        _options = options;
        _clock = clock;
        _blocks = new TraceBlocks(options.TotalBytes);
        _lookup = _bySipCallId.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Traces that are kept.</summary>
    public int Count => Volatile.Read(ref _calls);

    /// <summary>Bytes that they hold.</summary>
    public long Bytes => _blocks.BytesInUse;

    /// <summary>Entries that were not kept because a limit was reached, since the start.</summary>
    public long LeftOut => Volatile.Read(ref _leftOut);

    /// <summary>Hears of each report of media, on the thread that made it; it must not block.</summary>
    public Action<CallSnapshot, CallSide, DirectionStatistics, DateTimeOffset>? MediaReported { get; set; }

    /// <summary>The options.</summary>
    public TraceOptions Options => _options;

    /// <summary>What must not be seen in the messages of providers.</summary>
    public ProviderSecrets Secrets { get; } = new();

    /// <summary>The trace of a call; null when the tenant has none with this id, or no longer.</summary>
    public CallTrace? Find(TenantId tenant, CallId id) =>
        _byId.TryGetValue(id, out var book) && book.Tenant == tenant ? book.Read() : null;

    /// <summary>The call to which the messages with this Call-ID belong; null when there is none.</summary>
    public CallId? CallOf(ReadOnlySpan<byte> sipCallId) => FindBook(sipCallId) is { Id.Value: not null } book ? book.Id : null;

    /// <inheritdoc/>
    public void Seen(SipDirection direction, in SipFlow flow, ReadOnlySpan<byte> message, int shard, Moment at)
    {
        if (!_options.IsOn)
            return;

        var glance = SipGlance.At(message);
        var book = FindBook(glance.CallId);
        if (direction == SipDirection.Received && glance is { IsRequest: true, HasToTag: false } && glance.Method.SequenceEqual("INVITE"u8))
        {
            // A phone may take the Call-ID of a call that is long over.
            var time = _clock.ToUtc(at);
            if (book is null || (book.EndedAt is { } ended && time - ended > Aftermath))
                book = Await(glance.CallId, time);
        }

        if (book is null)
            return;

        var secret = direction == SipDirection.Received ? Secrets.Find(glance.CallId) : null;
        if (!TraceMask.HasSecrets(message, glance, _options.HideDigits) && secret?.IsIn(message) is not true)
        {
            Add(book, TraceKind.Sip, _clock.ToUtc(at), shard, direction, flow, message);
            return;
        }

        if (_scratch is null || _scratch.Length < message.Length)
            _scratch = GC.AllocateUninitializedArray<byte>(Math.Max(message.Length, 4 << 10));
        var copy = _scratch.AsSpan(0, message.Length);
        message.CopyTo(copy);
        TraceMask.Apply(copy, _options.HideDigits);
        secret?.Hide(copy);
        Add(book, TraceKind.Sip, _clock.ToUtc(at), shard, direction, flow, copy);
    }

    /// <inheritdoc/>
    public void Publish(ExchangeEvent exchangeEvent)
    {
        if (!_options.IsOn || exchangeEvent is not CallEvent { Call: { } call } e)
            return;

        if (e is CallCreated)
            Open(call);
        if (!_byId.TryGetValue(call.Id, out var book))
            return;

        var entry = TraceJson.Begin(e.GetType().Name);
        TraceFields.Write(entry.Json, e, _options.HideDigits);
        Write(book, TraceKind.Event, e.At, entry);
        if (e is CallEnded ended)
            Close(book, ended);
    }

    /// <summary>Anything else that is worth knowing of a call: a step of a menu, what a guard said.</summary>
    /// <param name="id">The call.</param>
    /// <param name="kind">What it is; <see cref="TraceKind.Sip"/> is not for this.</param>
    /// <param name="name">What it is about.</param>
    /// <param name="at">When.</param>
    /// <param name="text">The rest, for people; empty for none.</param>
    public void Note(CallId id, TraceKind kind, string name, DateTimeOffset at, string text = "")
    {
        if (!_byId.TryGetValue(id, out var book))
            return;

        var entry = TraceJson.Begin(name);
        entry.Json.WriteString("text", text);
        Write(book, kind, at, entry);
    }

    /// <summary>A leg of the call has this Call-ID from now on.</summary>
    public void Bind(CallId id, string sipCallId)
    {
        if (!_byId.TryGetValue(id, out var book) || sipCallId.Length is 0 or > LongestCallId)
            return;

        lock (_lock)
        {
            _bySipCallId[sipCallId] = book;
            if (!book.SipCallIds.Contains(sipCallId))
                book.SipCallIds.Add(sipCallId);
        }
    }

    /// <summary>Reports the sound of a call in progress, when it is time for that: often in the beginning, more rarely later.</summary>
    public void Sample(CallSnapshot call, DateTimeOffset now)
    {
        if (call is not { Media: { } media, AnsweredAt: { } answered } || !_byId.TryGetValue(call.Id, out var book))
            return;

        var since = book.MediaAt ?? answered;
        var interval = TimeSpan.FromTicks(Math.Max(_options.MediaInterval.Ticks, (now - answered).Ticks / AgeShare));
        if (now - since < interval)
            return;

        book.MediaAt = now;
        WriteMedia(book, call, CallSide.Caller, media.From(CallSide.Caller), now);
        WriteMedia(book, call, CallSide.Callee, media.From(CallSide.Callee), now);
    }

    /// <summary>Lets go of what is kept long enough.</summary>
    public void Sweep(DateTimeOffset now)
    {
        lock (_lock)
        {
            while (_ended.TryPeek(out var oldest) && now - oldest.EndedAt >= _options.Keep)
                Drop(_ended.Dequeue());
        }
    }

    private TraceBook? FindBook(ReadOnlySpan<byte> sipCallId)
    {
        if (sipCallId.Length is 0 or > LongestCallId)
            return null;

        Span<char> text = stackalloc char[LongestCallId];
        var length = Encoding.UTF8.GetChars(sipCallId, text);
        return _lookup.TryGetValue(text[..length], out var book) ? book : null;
    }

    // An INVITE that is no call yet, and perhaps never will be.
    private TraceBook? Await(ReadOnlySpan<byte> sipCallId, DateTimeOffset at)
    {
        if (sipCallId.Length is 0 or > LongestCallId)
            return null;

        var name = Encoding.UTF8.GetString(sipCallId);
        var book = new TraceBook(_blocks, _options.BytesPerCall, at);
        book.SipCallIds.Add(name);
        lock (_lock)
        {
            while (_waiting.TryPeek(out var first) && (_waiting.Count >= MostWaiting || first.Id.Value is not null || at - first.BeganAt > Aftermath))
            {
                _waiting.Dequeue();
                if (first.Id.Value is null)
                    Drop(first);
            }

            _waiting.Enqueue(book);
            _bySipCallId[name] = book;
        }

        return book;
    }

    private void Open(CallSnapshot call)
    {
        lock (_lock)
        {
            while (_calls >= _options.MaxCalls && _ended.TryDequeue(out var oldest))
                Drop(oldest);
            if (_calls >= _options.MaxCalls)
            {
                Interlocked.Increment(ref _leftOut);
                return;
            }

            var sip = call.CallerSipCallId;
            var book = _bySipCallId.GetValueOrDefault(sip);
            if (book is null || book.Id.Value is not null)
            {
                // A transfer: its legs come from other calls, one by one.
                var isFree = book is null && sip.Length is > 0 and <= LongestCallId;
                book = new TraceBook(_blocks, _options.BytesPerCall, call.InitiatedAt);
                if (isFree)
                {
                    book.SipCallIds.Add(sip);
                    _bySipCallId[sip] = book;
                }
            }

            book.Id = call.Id;
            book.Tenant = call.Tenant;
            book.TraceId = call.TraceId;
            if (_byId.TryAdd(call.Id, book))
                _calls++;
            else
                _byId[call.Id] = book;
        }
    }

    private void Close(TraceBook book, CallEnded ended)
    {
        var record = ended.Record;
        if (record.AnsweredAt is not null)
        {
            WriteMedia(book, ended.Call, CallSide.Caller, record.FromCaller, ended.At);
            WriteMedia(book, ended.Call, CallSide.Callee, record.FromCallee, ended.At);
        }

        var verdict = record.Verdict;
        var entry = TraceJson.Begin("verdict");
        var json = entry.Json;
        json.WriteString("result", verdict.Result.ToString());
        json.WriteString("reason", verdict.Reason.ToString());
        json.WriteNumber("sipStatus", verdict.SipStatus);
        json.WriteString("endedBy", verdict.EndedBy.ToString());
        json.WriteNumber("cause", verdict.Cause);
        json.WriteString("text", verdict.Text);
        Write(book, TraceKind.Decision, ended.At, entry);
        lock (_lock)
        {
            book.EndedAt = ended.At;
            _ended.Enqueue(book);
        }

        Sweep(ended.At);
    }

    private void Add(TraceBook book, TraceKind kind, DateTimeOffset at, int shard, SipDirection direction, in SipFlow flow, ReadOnlySpan<byte> data)
    {
        if (_blocks.BytesInUse + SpareBytes > _options.TotalBytes)
            MakeRoom();
        if (!book.Add(kind, at, shard, direction, flow, data))
            Interlocked.Increment(ref _leftOut);
    }

    private void MakeRoom()
    {
        lock (_lock)
        {
            while (_blocks.BytesInUse + SpareBytes > _options.TotalBytes && _ended.TryDequeue(out var oldest))
                Drop(oldest);
        }
    }

    // Under the lock.
    private void Drop(TraceBook book)
    {
        foreach (var name in book.SipCallIds)
            _bySipCallId.TryRemove(KeyValuePair.Create(name, book));
        if (book.Id.Value is not null && _byId.TryRemove(KeyValuePair.Create(book.Id, book)))
            _calls--;
        book.Close();
    }
}
