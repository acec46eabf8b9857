using Tandem.Server.Options.Kinds;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transport;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string SipMessages = "SIP messages";
    private const string SipTransactions = "SIP transactions and dialogs";
    private const string Names = "Names (DNS)";
    private const string SipOverload = "SIP overload";
    private const string SipSockets = "SIP sockets";
    private const string Authentication = "Authentication and guard";

    private static readonly DecimalKind Share = new(0.01, 1);

    private static readonly WordKind UdpMode = new(("socket-per-shard", UdpReceiveMode.SocketPerShard), ("receiver-thread", UdpReceiveMode.ReceiverThread));

    private static void AddSip(List<Setting> list)
    {
        list.Add(SipMessages, "SIP_MAX_MESSAGE", o => o.SipLimits.MaxMessageBytes, new SizeKind(1_300, 65_535), "The largest message: the largest datagram; streams keep the same bound.");
        list.Add(SipMessages, "SIP_MAX_HEADERS", o => o.SipLimits.MaxHeaders, Count(16, 1_024, "fields"), "Header fields of a message: a long chain of proxies with Record-Route stays below 60.");
        list.Add(SipMessages, "SIP_MAX_HEADER_SIZE", o => o.SipLimits.MaxHeaderBytes, new SizeKind(256, 65_535), "One header field with its folded lines: an Identity header with its certificate fits.");
        list.Add(SipMessages, "SIP_MAX_START_LINE", o => o.SipLimits.MaxStartLineBytes, new SizeKind(256, 65_535), "The request or status line.");
        list.Add(SipMessages, "SIP_MAX_LIST", o => o.SipLimits.MaxListElements, Count(8, 1_024, "elements"), "Elements of one comma list over all its fields: more Via or Contact values than any real path has.");
        list.Add(SipMessages, "SIP_MAX_BODY_NESTING", o => o.SipLimits.MaxBodyNesting, Count(1, 16, "levels"), "Nested multipart bodies.");

        list.Add(SipTransactions, "SIP_T1", o => o.SipEngine.Timers.T1, Milliseconds(50, 5_000), "The estimate of the round-trip time (RFC 3261 §17.1.1.1); a transaction gives up after 64 times it.");
        list.Add(SipTransactions, "SIP_T2", o => o.SipEngine.Timers.T2, Milliseconds(50, 60_000), "The longest interval between retransmissions.");
        list.Add(SipTransactions, "SIP_T4", o => o.SipEngine.Timers.T4, Milliseconds(50, 60_000), "How long a message may stay in the network.");
        list.Add(SipTransactions, "SIP_TIMER_D", o => o.SipEngine.Timers.TimerD, Milliseconds(1_000, 600_000), "How long repeated final responses to an INVITE are waited for on UDP; RFC 3261 asks for 32 s at least.");
        list.Add(SipTransactions, "SIP_TRYING_DELAY", o => o.SipEngine.Timers.TryingDelay, Milliseconds(0, 200), "An INVITE without any response after this time gets 100 (RFC 3261 §17.2.1).");
        list.Add(SipTransactions, "SIP_MAX_SERVER_TRANSACTIONS", o => o.SipEngine.MaxServerTransactions, Count(100, 10_000_000, "transactions"), "Of one shard; beyond, 503. 15,000 UDP requests per second stay 32 s each.");
        list.Add(SipTransactions, "SIP_MAX_CLIENT_TRANSACTIONS", o => o.SipEngine.MaxClientTransactions, Count(100, 10_000_000, "transactions"), "Of one shard; beyond, a send fails as if the transport had.");
        list.Add(SipTransactions, "SIP_MAX_DIALOGS", o => o.SipEngine.MaxDialogs, Count(100, 10_000_000, "dialogs"), "Of one shard; two are a call. Beyond, a new INVITE gets 503.");
        list.Add(SipTransactions, "SIP_MAX_FORKS", o => o.SipEngine.MaxForks, Count(1, 1_024, "dialogs"), "Dialogs that the responses to one INVITE may open: more forks than any proxy tries at once.");
        list.Add(SipTransactions, "SIP_MAX_RELIABLE", o => o.SipEngine.MaxWaitingReliable, Count(1, 256, "responses"), "Reliable provisional responses that wait for their turn on one INVITE.");
        list.Add(SipTransactions, "SIP_BRANCH_PREFIX", o => o.SipEngine.BranchPrefix, new TextKind("1 to 16 letters and digits", IsLetters, 16), "Stands in every branch of ours; tells our Via from others'.");
        list.Add(SipTransactions, "SIP_MAX_DATAGRAM", o => o.SipEngine.MaxDatagramRequest, new SizeKind(512, 65_535), "A larger request for UDP goes to TCP (RFC 3261 §18.1.1); 65535 turns that off.");
        list.Add(SipTransactions, "SIP_FORCE_RPORT", o => o.SipEngine.ForceRport, SwitchKind.Instance, "true answers to the source port even when the client did not ask for it (RFC 3581 §4).");
        list.Add(SipTransactions, "SIP_HONOR_MADDR", o => o.SipEngine.HonorMaddr, SwitchKind.Instance, "true answers to the maddr of a Via; that lets anyone aim our answers at a third party.");
        list.Add(SipTransactions, "SIP_MAX_AMPLIFICATION", o => o.SipEngine.MaxAmplification, Count(0, 1_000, "times"), "How many times larger than its request an answer over UDP may be while nobody is authenticated; 0 for no limit. A larger one goes without what the client can do without, or not at all.");
        list.Add(SipTransactions, "SIP_FULL_RETRY_AFTER", o => o.SipEngine.RetryAfterWhenFull, Seconds(1, 3_600), "Retry-After of the 503 that a full table is answered with.");

        list.Add(Names, "SIP_FAILOVER_TIMEOUT", o => o.SipEngine.Resolution.FailoverTimeout, Milliseconds(500, 32_000), "How long a target without any response is waited for before the next one is tried (RFC 3263 §4.3); the last one has 64 times SIP_T1. A request was sent four times in 4 s, and a caller does not wait for 32.", main: true);
        list.Add(Names, "SIP_MAX_TARGETS", o => o.SipEngine.Resolution.MaxTargets, Count(1, 64, "targets"), "Targets that one request may try, one after the other.");
        list.Add(Names, "SIP_REST_TIME", o => o.SipEngine.Resolution.RestTime, Seconds(0, 3_600), "How long a target that failed is skipped, unless all are: during an outage few calls wait for the dead one, and a server that was restarted gets its share back soon.");
        list.Add(Names, "SIP_MAX_REST_TIME", o => o.SipEngine.Resolution.MaxRestTime, Seconds(0, 86_400), "The longest rest that the Retry-After of a 503 may ask for: a server must not take itself out for ever by mistake.");
        list.Add(Names, "SIP_MAX_RESTING", o => o.SipEngine.Resolution.MaxResting, Count(1, 1_000_000, "targets"), "Targets of a shard that rest at once; beyond, the first to come back is forgotten.");
        list.Add(Names, "DNS_SERVERS", o => o.Dns.Servers, new ListKind("addresses with a port or without (53) separated by commas, or system, or none", check: IsNameServer),
            "The name servers that the hosts of SIP URIs are asked from (RFC 3263): recursive ones, in the order of asking. system reads /etc/resolv.conf, none knows only addresses and /etc/hosts.", main: true);
        list.Add(Names, "DNS_TIMEOUT", o => o.Dns.AttemptTimeout, Milliseconds(50, 30_000), "How long one name server is waited for before the next is asked.");
        list.Add(Names, "DNS_ROUNDS", o => o.Dns.Rounds, Count(1, 10), "How often all name servers are asked, one after the other.");
        list.Add(Names, "DNS_TCP_TIMEOUT", o => o.Dns.TcpTimeout, Milliseconds(50, 30_000), "How long an answer over TCP may take; TCP is used when the answer does not fit a datagram.");
        list.Add(Names, "DNS_MAX_IN_FLIGHT", o => o.Dns.MaxInFlight, Count(1, 65_536, "questions"), "Questions of all shards under way, each with a socket of its own; beyond, one fails at once.");
        list.Add(Names, "DNS_MAX_STRAY", o => o.Dns.MaxStrayDatagrams, Count(1, 65_536, "datagrams"), "Datagrams that do not answer the question and are read all the same; the rest is somebody guessing.");
        list.Add(Names, "DNS_CACHE", o => o.SipEngine.Resolution.MaxEntries, Count(16, 1_000_000, "answers"), "Answers that a shard keeps, the least recently used makes room: a domain takes about eight.");
        list.Add(Names, "DNS_MAX_QUESTIONS", o => o.SipEngine.Resolution.MaxQuestions, Count(1, 65_536, "questions"), "Questions of a shard that wait for their answer; beyond, one fails at once.");
        list.Add(Names, "DNS_MAX_WAITING", o => o.SipEngine.Resolution.MaxWaiting, Count(1, 1_000_000, "requests"), "Requests of a shard that wait for the same answer; beyond, they fail at once.");
        list.Add(Names, "DNS_QUESTION_TIMEOUT", o => o.SipEngine.Resolution.QuestionTimeout, Milliseconds(100, 60_000), "How long an answer is awaited, all servers and repetitions together: a caller waits no longer for nothing.");
        list.Add(Names, "DNS_MIN_TTL", o => o.SipEngine.Resolution.MinTtl, Seconds(0, 3_600), "The shortest time that an answer is kept: a TTL of 0 must not ask at each request of a burst.");
        list.Add(Names, "DNS_MAX_TTL", o => o.SipEngine.Resolution.MaxTtl, Seconds(1, 604_800), "The longest time that an answer is kept: a mistake in a zone does not stay for days.");
        list.Add(Names, "DNS_MAX_NEGATIVE_TTL", o => o.SipEngine.Resolution.MaxNegativeTtl, Seconds(1, 86_400), "The longest time that a negative answer is kept (RFC 2308 §5): who mends a zone wants to see it soon.");
        list.Add(Names, "DNS_FAILURE_TTL", o => o.SipEngine.Resolution.FailureTtl, Seconds(0, 300), "After a question without answer nothing is asked again for this time (RFC 2308 §7.2).");
        list.Add(Names, "DNS_MAX_STALE", o => o.SipEngine.Resolution.MaxStale, Seconds(0, 604_800), "How long an answer is used beyond its time while no name server answers (RFC 8767); 0 never.");

        list.Add(SipOverload, "OVERLOAD_LAG", o => o.SipEngine.Overload.LagLimit, Milliseconds(0, 60_000), "How far a shard may be behind before new INVITEs and REGISTERs get 503; 0 for no overload control. The answer still leaves well before T1.");
        list.Add(SipOverload, "OVERLOAD_LAG_OUTSIDE", o => o.SipEngine.Overload.OutsideDialogsLag, Milliseconds(1, 60_000), "From this lag on every request outside a dialog gets 503: T1, after which clients send again.");
        list.Add(SipOverload, "OVERLOAD_LAG_INSIDE", o => o.SipEngine.Overload.InsideDialogsLag, Milliseconds(1, 60_000), "From this lag on requests inside dialogs get 503 too, but never ACK, CANCEL, BYE and PRACK.");
        list.Add(SipOverload, "OVERLOAD_PRESSURE", o => o.SipEngine.Overload.PressureLimit, Share, "How full the queue to the database may be (1 is full) before new INVITEs and REGISTERs get 503: no call begins whose record would be lost.");
        list.Add(SipOverload, "OVERLOAD_RETRY_AFTER", o => o.SipEngine.Overload.RetryAfter, Seconds(1, 3_600), "The least Retry-After of those 503.");
        list.Add(SipOverload, "OVERLOAD_RETRY_SPREAD", o => o.SipEngine.Overload.RetryAfterSpread, Seconds(0, 3_600), "Retry-After is at random up to so much more: clients that were refused together must not come back together.");
        list.Add(SipOverload, "OVERLOAD_QUIET", o => o.SipEngine.Overload.QuietTime, Seconds(1, 3_600), "How long nothing must be refused until the log says that the overload is over.");
        list.Add(SipOverload, "OVERLOAD_BACKLOG", o => o.ShardLoop.BacklogFloor, Count(1, 1_000_000, "messages"), "Messages in one stretch without rest before a shard counts as behind: a pause of the process or one slow turn is no overload.");

        list.Add(SipSockets, "SIP_UDP_MODE", o => o.SipTransport.UdpReceiveMode, UdpMode, "Who reads UDP: each shard its own socket (Linux only), or one thread for all.");
        list.Add(SipSockets, "SIP_UDP_BUFFER", o => o.SipTransport.UdpBufferBytes, new SizeKind(4 << 10, 256 << 20), "What the system may keep for a UDP socket in either direction; it may grant less.");
        list.Add(SipSockets, "SIP_MIN_DATAGRAM", o => o.SipTransport.MinDatagramBytes, new SizeKind(0, 1_024), "Shorter datagrams are dropped unread: not even a start line fits.");
        list.Add(SipSockets, "SIP_MAX_CONNECTIONS", o => o.SipTransport.MaxConnections, Count(1, 1_000_000, "connections"), "Stream connections in all.");
        list.Add(SipSockets, "SIP_MAX_CONNECTIONS_PER_SOURCE", o => o.SipTransport.MaxConnectionsPerSource, Count(1, 1_000_000, "connections"), "Accepted connections of one address: an office behind one fits, a single host cannot take all.");
        list.Add(SipSockets, "SIP_MAX_HALF_OPEN_PER_SOURCE", o => o.SipTransport.MaxHalfOpenPerSource, Count(1, 1_000_000, "connections"), "Accepted connections of one address that have not brought a whole message: phones speak at once, who only connects does not.");
        list.Add(SipSockets, "SIP_CROWDED_IDLE", o => o.SipTransport.CrowdedIdleTimeout, Seconds(1, 86_400), "When 95 % of the places are taken, connections without a registration that are quiet for so long are closed until 10 % are free.");
        list.Add(SipSockets, "SIP_BACKLOG", o => o.SipTransport.AcceptBacklog, Count(1, 65_535, "connections"), "Connections that the system keeps until they are accepted.");
        list.Add(SipSockets, "SIP_IDLE_TIMEOUT", o => o.SipTransport.IdleTimeout, Seconds(32, 604_800), "A connection without traffic is closed: a phone that registers for an hour without keep-alives stays reachable.");
        list.Add(SipSockets, "SIP_HALF_OPEN_TIMEOUT", o => o.SipTransport.HalfOpenTimeout, Seconds(1, 600), "The first message of a connection, and the end of each that has begun, must come within this time.");
        list.Add(SipSockets, "SIP_CONNECT_TIMEOUT", o => o.SipTransport.ConnectTimeout, Seconds(1, 60), "How long opening a connection may take: far below timer F, so that another way can be tried.");
        list.Add(SipSockets, "SIP_SEND_TIMEOUT", o => o.SipTransport.SendTimeout, Seconds(1, 600), "A connection that takes none of our bytes for so long is closed.");
        list.Add(SipSockets, "SIP_SEND_QUEUE", o => o.SipTransport.MaxSendQueueBytes, new SizeKind(64 << 10, 256 << 20), "What may wait on one connection; what does not fit fails at once.");
        list.Add(SipSockets, "SIP_SEND_QUEUE_SOURCE", o => o.SipTransport.MaxSendQueueBytesPerSource, new SizeKind(64 << 10, int.MaxValue), "What may wait on all connections of one address together: who reads nothing on many of them leaves room for the others.");
        list.Add(SipSockets, "SIP_SEND_QUEUE_ALL", o => o.SipTransport.MaxSendQueueBytesInAll, new SizeKind(64 << 10, int.MaxValue), "What may wait on all connections together: slow readers cannot take the memory that each may use alone.");
        list.Add(SipSockets, "SIP_LINGER", o => o.SipTransport.LingerTimeout, Milliseconds(0, 60_000), "How long a broken stream stays open for the answer that says why.");
        list.Add(SipSockets, "SIP_HALF_CLOSE", o => o.SipTransport.HalfCloseTimeout, Seconds(1, 600), "How long a connection whose client has ended its sending stays open for the answers that it is owed: 64*T1.");
        list.Add(SipSockets, "SIP_SWEEP", o => o.SipTransport.SweepInterval, Milliseconds(10, 10_000), "How often the timeouts of connections are looked at; they are that much late at most.");
        list.Add(SipSockets, "SIP_MAILBOX", o => o.ShardLoop.MailboxCapacity, Count(16, 10_000_000, "messages"), "Messages that may wait for a shard; more would be answered too late anyway.");
        list.Add(SipSockets, "SIP_BATCH", o => o.ShardLoop.Batch, Count(1, 65_536, "messages"), "Messages that a shard handles before it looks at its timers again.");
    }

    private static void AddAuthentication(List<Setting> list)
    {
        list.Add(Authentication, "AUTH_REALM", o => o.Digest.Realm, new TextKind("1 to 128 printable characters without quotes", IsRealm, 128), "The realm of every challenge (RFC 3261 §22.1): what people see, and what phones choose a secret by.", main: true);
        list.Add(Authentication, "AUTH_ALGORITHMS", o => o.Digest.Algorithms, AlgorithmsKind.Instance,
            "Digest algorithms in the order of the challenge (RFC 8760); an extension may have its own list (`tandem extensions set`). MD5 alone is what every client knows: sipp 3.6.1 gives up when the first challenge is one that it does not know, baresip 1.0.0 when any is. `MD5,SHA-256` suits clients that pick what they know; SHA-256 alone needs phones that know RFC 8760.",
            main: true);
        list.Add(Authentication, "AUTH_NONCE_LIFETIME", o => o.Digest.NonceLifetime, Seconds(5, 86_400), "How long a nonce may be used: a call soon after a registration saves a round trip.");
        list.Add(Authentication, "AUTH_ACCEPT_NO_QOP", o => o.Digest.AcceptNoQop, SwitchKind.Instance, "true accepts clients that send no qop (RFC 2069); then each nonce serves one request only.", main: true);
        list.Add(Authentication, "AUTH_BIND_NONCE", o => o.Digest.BindNonceToSource, SwitchKind.Instance, "A nonce is good only for the address it was issued to: nobody can have another's address banned.");
        list.Add(Authentication, "AUTH_MAX_NONCES", o => o.Digest.MaxUsedNonces, Count(1_024, 100_000_000, "nonces"), "Used nonces that are remembered against replay, 6 MB when full; the oldest are forgotten and no longer accepted.");
        list.Add(Authentication, "AUTH_MAX_CACHED", o => o.Digest.MaxCachedSecrets, Count(0, 100_000_000, "secrets"), "Secrets whose hash is kept to save a computation.");
        list.Add(Authentication, "BAN_FAILURES", o => o.Guard.MaxFailures, Count(0, 1_000_000, "failures"), "Failed logins of one address within BAN_WINDOW that ban it; 0 never bans.", main: true);
        list.Add(Authentication, "BAN_WINDOW", o => o.Guard.FailureWindow, Seconds(1, 86_400), "The time in which failures are counted together.");
        list.Add(Authentication, "BAN_DURATION", o => o.Guard.BanDuration, Seconds(1, 31_536_000), "How long a ban lasts: it makes guessing hopeless, and a wrong one ends by itself.", main: true);
        list.Add(Authentication, "BAN_MAX_TRACKED", o => o.Guard.MaxTrackedSources, Count(1, 100_000_000, "addresses"), "Addresses whose failures are counted at once; the oldest count is forgotten.");
        list.Add(Authentication, "BAN_MAX", o => o.Guard.MaxBans, Count(1, 100_000_000, "bans"), "Bans at once; when full, a new offender is counted and not banned.");
        list.Add(Authentication, "FLOOD_RATE", o => o.Guard.MessagesPerSecond, Count(0, 100_000_000, "messages/s"), "Messages per second of one address that are taken; 0 for no limit. 400 calls per second behind one address do not reach the default.", main: true);
        list.Add(Authentication, "FLOOD_BURST", o => o.Guard.MessageBurst, Count(1, 100_000_000, "messages"), "Messages that an address may send at once after a pause.");
        list.Add(Authentication, "FLOOD_MAX_TRACKED", o => o.Guard.MaxMeteredSources, Count(1, 100_000_000, "addresses"), "Addresses whose rate is followed at once; the least busy makes room.");
        list.Add(Authentication, "GUARD_IPV6_PREFIX", o => o.Guard.Ipv6PrefixBits, Count(16, 128, "bits"), "Leading bits of an IPv6 address that make one source: a subscriber has a whole /64. It holds for bans, rates and connections.");
        list.Add(Authentication, "GUARD_EXEMPT", o => o.Guard.ExemptNetworks, PrefixListKind.Instance, "Networks that are neither banned nor limited, for example those of trunks.");
    }

    private static bool IsNameServer(string text) => text is "system" or "none" || ResolvConf.TryParseServer(text, out _);

    private static bool IsLetters(string text) => text.Length > 0 && text.All(char.IsAsciiLetterOrDigit);

    private static bool IsRealm(string text) => text.Length > 0 && text.All(c => c is >= ' ' and <= '~' and not '"' and not '\\');
}
