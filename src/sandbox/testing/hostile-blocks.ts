/** One attack that a block of a runbook might try, and how to see whether it worked. */
export interface HostileBlock {
  /** The attempt, in the words of docs/security.md. */
  readonly what: string;
  /** Bash, with the variables and functions of the hostile world. */
  readonly script: string;
  /**
   * The sign that it worked: it changed another owner's objects (`victims`), created a forbidden object (`made`),
   * created the sandbox's own containers in another way than the compose file says (`ours`), or printed this text.
   */
  readonly harm: 'victims' | 'made' | 'ours' | RegExp;
  /** The attempt as the wall reports it; undefined if the block tries to reach nothing that exists. */
  readonly attempt?: RegExp;
  /** What the block prints, because the wall answers so. */
  readonly says?: RegExp;
  /** Why no test shows that it works on the engine's own socket. */
  readonly notShown?: string;
  /** It may exit with 0, because it acts only on its own sandbox, or on nothing. */
  readonly endsWell?: true;
}

const foreign = 'No such container';
const refused = /drillbook refused/;
/** `SECRET` stands for a text that only the victims hold. */
const secret = /SECRET/;
/** The names of all foreign objects begin with this mark. */
const marked = /MARK/;

const privileges = (
  [
    {
      what: 'a privileged container',
      script: 'docker run -d --privileged --name "$MADE" "$IMAGE" sleep 60',
      harm: 'made',
    },
    {
      what: 'the processes of the host',
      script: 'docker run --rm --pid host "$IMAGE" sh -c "ps -e -o comm= | grep -x dockerd"',
      harm: /^dockerd$/m,
    },
    {
      what: 'the network of the host, and the Redis of another sandbox behind its loopback port',
      script: 'docker run --rm --network host "$REDIS_IMAGE" redis-cli -p "$VICTIM_REDIS_PORT" ping',
      harm: /PONG/,
    },
    {
      what: 'a bind of /',
      script: 'docker run --rm -v /:/host:ro "$IMAGE" cat "/host$SECRET_FILE"',
      harm: secret,
    },
    {
      what: 'a bind of the engine’s own socket',
      script:
        'docker run --rm -v "$SOCKET:/s.sock" "$IMAGE" curl -s --unix-socket /s.sock "http://d/containers/json" | grep -o "$VICTIM"',
      harm: marked,
    },
    {
      what: 'a bind through a symlink of the project that leads to /',
      script: 'docker run --rm -v "$PWD/out:/host:ro" "$IMAGE" cat "/host$SECRET_FILE"',
      harm: secret,
    },
    {
      what: 'a volume whose driver options bind /',
      script:
        'docker volume create -d local -o type=none -o o=bind -o device=/ "$MADE" && docker run --rm -v "$MADE:/host:ro" "$IMAGE" cat "/host$SECRET_FILE"',
      harm: secret,
      attempt: /^create the volume /,
    },
    {
      what: 'a mount whose volume options bind /',
      script:
        'docker run --rm --mount "type=volume,dst=/host,volume-driver=local,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/" "$IMAGE" cat "/host$SECRET_FILE"',
      harm: secret,
    },
    {
      what: 'the volumes of a foreign container',
      script: 'docker run -d --volumes-from "$VICTIM" --name "$MADE" "$IMAGE" sleep 60',
      harm: 'made',
    },
    {
      what: 'the network of a foreign container',
      script: 'docker run --rm --network "container:$VICTIM_REDIS" "$REDIS_IMAGE" redis-cli ping',
      harm: /PONG/,
    },
  ] satisfies readonly HostileBlock[]
).map((block: HostileBlock): HostileBlock => ({ attempt: /^create a container/, says: refused, ...block }));

const foreigners: readonly HostileBlock[] = [
  ...(['VICTIM', 'VICTIM_ID', 'VICTIM_SHORT'] as const).map((reference) => ({
    what: `exec into a foreign container, by its ${{ VICTIM: 'name', VICTIM_ID: 'id', VICTIM_SHORT: 'short id' }[reference]}`,
    script: `docker exec "$${reference}" cat /secret`,
    harm: secret,
    attempt: /^reach the container .* which is not of this sandbox/,
    says: new RegExp(foreign, 'i'),
  })),
  {
    what: 'exec with privileges into a container of the sandbox',
    script: 'docker exec --privileged "$OWN" grep CapEff /proc/self/status',
    // An engine that has not all the capabilities itself tries in vain.
    harm: /CapEff:\s+0*[13]f{9,}|unable to apply caps/,
    attempt: /^run `grep CapEff .* with privileges/,
    says: refused,
  },
  {
    what: 'a command that another client prepared in a foreign container',
    script: 'api -X POST -d \'{"Detach":false,"Tty":false}\' "http://d/exec/$FOREIGN_EXEC/start" | tr -d "\\0"',
    harm: secret,
    attempt: /^reach a command of a container that is not of this sandbox/,
    says: /No such exec instance/,
    endsWell: true,
  },
  {
    what: 'attach to a foreign container',
    script: 'api -X POST "http://d/containers/$VICTIM/attach?logs=1&stdout=1" | tr -d "\\0"',
    harm: secret,
    attempt: /^reach the container/,
    says: /No such container/,
    endsWell: true,
  },
  {
    what: 'the log of a foreign container',
    script: 'docker logs "$VICTIM"',
    harm: secret,
    attempt: /^reach the container/,
    says: /No such container/,
  },
  {
    what: 'what a foreign container is made of',
    script: 'docker inspect "$VICTIM"',
    harm: secret,
    attempt: /^reach the container/,
    says: /No such object/,
  },
  {
    what: 'kill of a foreign container without a version in the path',
    script: 'api -X POST "http://d/containers/$VICTIM/kill"',
    harm: 'victims',
    attempt: /^reach the container/,
    says: /No such container/,
    endsWell: true,
  },
  {
    what: 'a foreign compose project with the same service names: kill',
    script: 'docker compose -p "$VICTIM_PROJECT" kill redis',
    harm: 'victims',
    endsWell: true,
  },
  {
    what: 'a foreign compose project with the same service names: exec',
    script: 'docker compose -p "$VICTIM_PROJECT" exec -T worker-nurturing cat /secret',
    harm: secret,
    says: /is not running/,
  },
  {
    what: 'a foreign compose project with the same service names: down',
    script: 'docker compose -p "$VICTIM_PROJECT" down -v -t 0',
    harm: 'victims',
    endsWell: true,
  },
  {
    what: 'a compose project of its own from the sandbox’s file',
    script: 'docker compose -p "$MADE" up -d',
    harm: 'made',
    attempt: /^create the (network|volume) /,
    says: refused,
    notShown: 'it would start a second fleet',
  },
  {
    what: 'renaming a foreign container',
    script: 'docker rename "$VICTIM" "$MADE"',
    harm: 'made',
    attempt: /^reach the container/,
    says: /No such container/,
  },
  {
    what: 'a name outside the sandbox for a container of its own',
    script: 'docker rename "$OWN" "$MADE"',
    harm: 'made',
    attempt: /^rename /,
    says: refused,
    notShown: 'it would take the sandbox’s own container away',
  },
  {
    what: 'the network of others: connecting one of its own containers',
    script: 'docker network connect "$VICTIM_NET" "$OWN"',
    harm: 'ours',
    attempt: /^reach the network/,
    says: /network .* not found/,
  },
  {
    what: 'the network of others: disconnecting their container',
    script: 'docker network disconnect -f "$VICTIM_NET" "$VICTIM"',
    harm: 'victims',
    attempt: /^reach the network/,
    says: /network .* not found/,
  },
  {
    what: 'the network on which Drillbook controls the external APIs',
    script: 'docker network connect "${PROJECT}_drillbook-harness" "$OWN"',
    harm: 'ours',
    attempt: /^connect .* to .*_drillbook-harness/,
    says: refused,
  },
  {
    what: 'the token of the control port, by exec into the external APIs',
    script: 'docker compose exec -T external-apis cat /run/drillbook-harness/token',
    harm: /^[0-9a-f]{32}/m,
    attempt: /^run `cat \/run\/drillbook-harness\/token` in /,
    says: refused,
  },
  {
    what: 'replacing the service that Drillbook measures with',
    script: 'docker compose up -d --force-recreate --no-deps -t 0 external-apis',
    harm: 'ours',
    attempt: /external-apis/,
    says: refused,
    notShown: 'it would take the sandbox’s own container away',
  },
  {
    what: 'removing a foreign volume and network',
    script: 'docker network rm "$VICTIM_SPARE_NET"; docker volume rm "$VICTIM_VOL"',
    harm: 'victims',
    attempt: /^reach the (network|volume)/,
    says: /no such volume/i,
  },
  {
    what: 'prune -a',
    script: 'docker system prune -af --volumes; docker image prune -af; docker volume prune -f',
    harm: 'victims',
    says: /reclaimed/i,
    notShown: 'it would remove what others have on this engine',
    endsWell: true,
  },
];

const contents: readonly HostileBlock[] = [
  {
    what: 'copying out of a foreign container',
    script: 'docker cp "$VICTIM:/secret" - | tar xO',
    harm: secret,
    attempt: /^reach the container/,
    says: /No such container/i,
  },
  {
    what: 'copying out of a container of the sandbox',
    script: 'docker cp "$OWN:/etc/hostname" - | tar t',
    harm: /^hostname$/m,
    attempt: /^copy files of /,
    says: refused,
  },
  {
    what: 'copying into a container of the sandbox',
    script: 'docker cp /etc/hostname "$OWN:/tmp/hostile" && docker exec "$OWN" ls /tmp',
    harm: /^hostile$/m,
    attempt: /^copy files of /,
    says: refused,
  },
  {
    what: 'export',
    script: 'docker export "$OWN" | head -c 300 | wc -c',
    harm: /^300$/m,
    attempt: /^copy files of /,
    says: refused,
    endsWell: true,
  },
  {
    what: 'commit',
    script: 'docker commit "$VICTIM_STOPPED" "$MADE:1"',
    harm: 'made',
    attempt: /^make an image of a container/,
    says: refused,
  },
  {
    what: 'build',
    script: 'printf "FROM %s\\n" "$IMAGE" | DOCKER_BUILDKIT=0 docker build -q -t "$MADE:1" -',
    harm: 'made',
    attempt: /^build an image/,
    says: refused,
  },
  {
    what: 'pull',
    script: 'docker pull "$MADE:1"',
    harm: 'made',
    attempt: /^pull .*-made/,
    says: refused,
    notShown: 'there may be no registry',
  },
  {
    what: 'a new name for an image',
    script: 'docker tag "$REDIS_IMAGE" "$MADE:1"',
    harm: 'made',
    attempt: /^tag /,
    says: refused,
  },
  {
    what: 'removing a foreign image',
    script: 'docker rmi "$FOREIGN_IMAGE"',
    harm: 'victims',
    attempt: /^remove the image /,
    says: refused,
  },
  {
    what: 'save',
    script: 'docker save "$REDIS_IMAGE" | head -c 300 | wc -c',
    harm: /^300$/m,
    attempt: /^use GET \/images\/get/,
    says: refused,
    endsWell: true,
  },
  {
    what: 'load',
    script: 'tar c -C /etc hostname | docker load',
    harm: 'made',
    attempt: /^load an image/,
    says: refused,
    notShown: 'it loads nothing',
  },
  {
    what: 'push',
    script: 'docker push "$REDIS_IMAGE"',
    harm: 'made',
    says: /refused|does not exist|No such image/i,
    notShown: 'there may be no registry',
  },
  {
    what: 'a swarm',
    script: 'docker swarm init',
    harm: /Swarm initialized/,
    attempt: /^use POST \/swarm\/init/,
    says: refused,
    notShown: 'it would change the engine',
  },
  {
    what: 'a plugin',
    script: 'docker plugin install --grant-all-permissions "$MADE"',
    harm: 'made',
    attempt: /^use (GET|POST) \/plugins/,
    says: refused,
    notShown: 'it would change the engine',
  },
  {
    what: 'secrets and configurations',
    script: 'docker secret ls; echo x | docker secret create "$MADE" -; docker config ls',
    harm: 'made',
    attempt: /^use (GET|POST) \/(secrets|configs)/,
    says: refused,
    notShown: 'the engine is no swarm',
  },
  ...[
    ['lists of containers', 'docker ps -a --no-trunc; docker compose ls -a'],
    ['lists of networks, volumes and images', 'docker network ls; docker volume ls; docker images -a'],
    ['disk usage', 'docker system df -v'],
    ['events', 'timeout 2 docker events --since 60s'],
    [
      'events over a connection that asks for an upgrade',
      'api -H "Connection: Upgrade" -H "Upgrade: tcp" "http://d/events?since=$(($(date +%s) - 60))&until=$(($(date +%s) + 2))"',
    ],
    [
      'a filter given twice',
      `api "http://d/containers/json?all=1&filters=%7B%7D&all=1"; api "http://d/containers/json?filters=%7B%7D&all=1"`,
    ],
  ].map(([what = '', script = '']) => ({
    what: `foreign names in ${what}`,
    script,
    harm: marked,
    endsWell: true as const,
  })),
];

const requests: readonly HostileBlock[] = [
  {
    what: 'an API version in which `start` took a host configuration',
    script: `api -X POST -d '{"Privileged":true,"Binds":["/:/host"]}' "http://d/v1.12/containers/$VICTIM_STOPPED/start"`,
    harm: 'victims',
    attempt: /API version 1\.12 is older than/,
    says: /refused.*older/,
    endsWell: true,
  },
  {
    what: 'API versions that there are not',
    script: `for v in v9.99 v1.41.0 v1 V1.41 v1.41v1.41; do api -X POST "http://d/$v/containers/$VICTIM/kill"; done`,
    harm: 'victims',
    attempt: /./,
    says: /message/,
    notShown: 'the engine knows none of them either',
    endsWell: true,
  },
  {
    what: 'a creation in chunks',
    script: `printf '{"Image":"%s","HostConfig":{"Privileged":true}}' "$IMAGE" | api -H 'Transfer-Encoding: chunked' -d @- "http://d/containers/create?name=$MADE"`,
    harm: 'made',
    attempt: /^create a container/,
    says: refused,
    endsWell: true,
  },
  {
    what: 'a second request in the same breath',
    script: `printf 'GET /_ping HTTP/1.1\\r\\nHost: d\\r\\n\\r\\nPOST /containers/%s/kill HTTP/1.1\\r\\nHost: d\\r\\nContent-Length: 0\\r\\n\\r\\n' "$VICTIM" | raw`,
    harm: 'victims',
    attempt: /^reach the container/,
    says: /No such container/,
    endsWell: true,
  },
  ...[
    [
      'a length and chunks',
      'Content-Length: 4\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\nPOST /containers/%s/kill HTTP/1.1\\r\\nHost: d\\r\\n\\r\\n',
    ],
    [
      'two lengths',
      'Content-Length: 0\\r\\nContent-Length: 90\\r\\n\\r\\nPOST /containers/%s/kill HTTP/1.1\\r\\nHost: d\\r\\nContent-Length: 0\\r\\n\\r\\n',
    ],
    ['line ends without a return', 'X: a\\nContent-Length: 0\\n\\nPOST /containers/%s/kill HTTP/1.1\\nHost: d\\n\\n'],
    [
      'a folded header',
      'X: a\\r\\n Content-Length: 90\\r\\nTransfer-Encoding:\\r\\n chunked\\r\\n\\r\\n0\\r\\n\\r\\nPOST /containers/%s/kill HTTP/1.1\\r\\nHost: d\\r\\n\\r\\n',
    ],
    [
      'a length behind an upgrade',
      'Connection: Upgrade\\r\\nUpgrade: tcp\\r\\nContent-Length: 0\\r\\n\\r\\nPOST /containers/%s/kill HTTP/1.1\\r\\nHost: d\\r\\n\\r\\n',
    ],
  ].map(([what = '', rest = '']) => ({
    what: `a smuggled request: ${what}`,
    script: `printf 'POST /images/prune HTTP/1.1\\r\\nHost: d\\r\\n${rest}' "$VICTIM" | raw`,
    harm: 'victims' as const,
    says: /HTTP\/1\.1 /,
    notShown: 'without a wall there is nothing to smuggle past',
    endsWell: true as const,
  })),
  {
    what: 'a header of 100 kB',
    script: `api -H "x: $(head -c 100000 /dev/zero | tr '\\0' a)" "http://d/containers/$VICTIM/json"`,
    harm: secret,
    attempt: /cannot be read \(HPE_HEADER_OVERFLOW\)/,
    says: /refused/,
    endsWell: true,
  },
  {
    what: 'a body of 2 MB',
    script: `{ printf '{"Image":"%s","Cmd":["' "$IMAGE"; head -c 2000000 /dev/zero | tr '\\0' a; printf '"]}'; } | api -d @- "http://d/containers/create?name=$MADE"`,
    harm: 'made',
    attempt: /^send a body of more than 1048576 bytes/,
    says: /too large/,
    endsWell: true,
  },
  ...[
    ['dots', '/v1.41/../containers/$VICTIM/json'],
    ['dots behind an allowed path', '/v1.41/containers/$OWN/../$VICTIM/json'],
    ['encoded dots', '/v1.41/%2e%2e/containers/$VICTIM/json'],
    ['an encoded slash', '/v1.41/containers%2f$VICTIM/json'],
    ['an encoded name', '/v1.41/containers/%68${VICTIM#h}/json'],
    ['two slashes', '//v1.41//containers/$VICTIM/json'],
  ].map(([what = '', target = '']) => ({
    what: `a path trick: ${what}`,
    script: `api -L "http://d${target}"`,
    harm: secret,
    attempt: /cannot be trusted/,
    says: /refused/,
    endsWell: true as const,
  })),
  {
    what: 'a path trick: a whole URL',
    script: `printf 'GET http://d/containers/%s/json HTTP/1.1\\r\\nHost: d\\r\\nConnection: close\\r\\n\\r\\n' "$VICTIM" | raw`,
    harm: secret,
    attempt: /cannot be trusted/,
    says: /refused/,
    endsWell: true,
  },
  {
    what: 'CONNECT',
    script: `printf 'CONNECT 127.0.0.1:2375 HTTP/1.1\\r\\nHost: d\\r\\n\\r\\n' | raw`,
    harm: / 200 /,
    attempt: /^use the wall as a proxy/,
    says: /refused/,
    notShown: 'the engine is no proxy either',
    endsWell: true,
  },
  {
    what: 'a body in the form of a query',
    script: `api -H 'content-type: application/x-www-form-urlencoded' -d "name=$MADE" "http://d/containers/$VICTIM_STOPPED/rename"; api -H 'content-type: application/x-www-form-urlencoded' -d "name=$MADE" "http://d/containers/$OWN/rename?name=$OWN"`,
    harm: 'made',
    attempt: /rename with a body/,
    says: refused,
    notShown: 'it would take the sandbox’s own container away',
    endsWell: true,
  },
  {
    what: 'limits taken away by an update: processes',
    script: `api -d '{"PidsLimit":0}' "http://d/containers/$OWN/update"`,
    harm: 'ours',
    attempt: /^change the limits of /,
    says: refused,
    endsWell: true,
  },
  {
    what: 'limits taken away by an update: processes, by another spelling',
    script: `api -d '{"pidslimit":0}' "http://d/containers/$OWN/update"`,
    harm: 'ours',
    attempt: /^change the limits of /,
    says: refused,
    endsWell: true,
  },
  {
    what: 'limits taken away by an update: memory',
    script: `docker update --memory 1t --memory-swap 1t "$OWN"`,
    harm: 'ours',
    attempt: /^change the limits of /,
    says: refused,
  },
  {
    what: 'devices by an update',
    script: `api -d '{"Devices":[{"PathOnHost":"/dev/null","PathInContainer":"/dev/x","CgroupPermissions":"rwm"}],"CgroupParent":"/x"}' "http://d/containers/$OWN/update"`,
    harm: 'ours',
    attempt: /^change the limits of /,
    says: refused,
    notShown: 'the engine of today does not carry it out',
    endsWell: true,
  },
  {
    what: 'one network after the other, until the engine has no more addresses',
    script: `api -d "$NETWORK_BODY" http://d/networks/create; jq -c '.CheckDuplicate = false | .internal = false' <<<"$NETWORK_BODY" | api -d @- http://d/networks/create; [ "$(docker network ls -q | wc -l)" -gt 2 ] && echo "more networks"`,
    harm: /more networks/,
    says: /already|exists/,
    notShown: 'addresses are everybody’s',
  },
];

/** A container as the compose file says, but for one thing. Each is a jq program over the body that Compose sent. */
const bodies: readonly (readonly [what: string, program: string])[] = [
  ['privileged', '.HostConfig.Privileged = true'],
  ['the host’s processes', '.HostConfig.PidMode = "host"'],
  ['the host’s shared memory', '.HostConfig.IpcMode = "host"'],
  ['the host’s name', '.HostConfig.UTSMode = "host"'],
  ['the host’s network', '.HostConfig.NetworkMode = "host" | del(.NetworkingConfig)'],
  ['the engine’s own bridge', '.HostConfig.NetworkMode = "bridge" | del(.NetworkingConfig)'],
  ['a bind', '.HostConfig.Binds += ["/:/host"]'],
  ['a bind of the engine’s socket', '.HostConfig.Binds += [env.SOCKET + ":/s.sock"]'],
  ['a mount', '.HostConfig.Mounts += [{"Type":"bind","Source":"/","Target":"/host"}]'],
  ['a mount of a foreign volume', '.HostConfig.Mounts += [{"Type":"volume","Source":env.VICTIM_VOL,"Target":"/host"}]'],
  ['foreign volumes', '.HostConfig.VolumesFrom = [env.VICTIM]'],
  ['a capability', '.HostConfig.CapAdd = ["SYS_ADMIN"]'],
  [
    'a device',
    '.HostConfig.Devices = [{"PathOnHost":"/dev/null","PathInContainer":"/dev/x","CgroupPermissions":"rwm"}]',
  ],
  ['all devices', '.HostConfig.DeviceCgroupRules = ["a *:* rwm"]'],
  ['no seccomp', '.HostConfig.SecurityOpt = ["seccomp=unconfined"]'],
  ['another cgroup', '.HostConfig.CgroupParent = "/hostile"'],
  [
    'a published port',
    '.ExposedPorts = {"9/tcp":{}} | .HostConfig.PortBindings = {"9/tcp":[{"HostIp":"127.0.0.1","HostPort":""}]}',
  ],
  ['unmasked kernel files', '.HostConfig.MaskedPaths = []'],
  ['writable kernel files', '.HostConfig.ReadonlyPaths = []'],
  ['no limit of processes', '.HostConfig.PidsLimit = 0'],
  ['no limit of memory', '.HostConfig.Memory = 0'],
  ['the last to be killed for want of memory', '.HostConfig.OomScoreAdj = -1000'],
  ['another image', '.Image = env.REDIS_IMAGE'],
  ['the labels of another sandbox', '.Labels["io.drillbook.sandbox"] = "ffffffff"'],
  ['the labels of another project', '.Labels["com.docker.compose.project"] = env.VICTIM_PROJECT'],
  ['a field in another spelling', '.hostconfig = {"Privileged": true}'],
  ['a field in another alphabet', '."Ho\u017ftConfig" = {"Privileged": true}'],
  ['a field taken back in another spelling', '.hostconfig = null'],
  ['a network taken back in another spelling', '.HostConfig.networkmode = "" | del(.NetworkingConfig)'],
  ['limits taken back in another spelling', '.HostConfig.memory = 0'],
  ['a prototype', '."__proto__" = {"HostConfig": {"Privileged": true}}'],
];
/** Which of them the engine takes no notice of. */
const inert = ['a prototype'];

const creations: readonly HostileBlock[] = [
  ...bodies.map(([what, program]) => ({
    what: `a service’s container but for ${what}`,
    script: `export SOCKET VICTIM VICTIM_VOL VICTIM_PROJECT REDIS_IMAGE; jq -c '${program}' <<<"$BODY" | api -d @- "http://d/containers/create?name=$PROJECT-made"`,
    harm: 'made' as const,
    attempt: /^(create a container|send the engine)/,
    says: refused,
    endsWell: true as const,
    ...(inert.includes(what) ? { notShown: 'the engine takes no notice of it' } : {}),
  })),
  {
    what: 'a service’s container with a field twice',
    script: `api -d "\${BODY%\\}},\\"HostConfig\\":{\\"Privileged\\":true}}" "http://d/containers/create?name=$PROJECT-made"`,
    harm: 'made',
    attempt: /^create a container/,
    says: refused,
    endsWell: true,
  },
  {
    what: 'a forged membership: any container with the sandbox’s labels',
    script:
      'docker run -d --label "io.drillbook.sandbox=$SANDBOX" --label "com.docker.compose.project=$PROJECT" --label com.docker.compose.service=worker-nurturing --name "$PROJECT-made" "$IMAGE" sleep 60',
    harm: 'made',
    attempt: /^create a container of worker-nurturing/,
    says: refused,
  },
  {
    what: 'a network as the compose file says, but with a way out',
    script: `docker network create --label "io.drillbook.sandbox=$SANDBOX" --label "com.docker.compose.project=$PROJECT" "$MADE"; jq -c '.internal = false | .Name = env.MADE' <<<"$NETWORK_BODY" | MADE="$MADE" api -d @- http://d/networks/create`,
    harm: 'made',
    attempt: /^create the network /,
    says: refused,
    endsWell: true,
  },
];

export const hostileBlocks: readonly HostileBlock[] = [
  ...privileges,
  ...foreigners,
  ...contents,
  ...requests,
  ...creations,
];
