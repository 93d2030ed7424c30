"""The clients of the matrix, each behind the same few verbs."""

from .asyncssh_driver import Asyncssh
from .curl import Curl, Libcurl
from .lftp import Lftp, LftpTemp
from .node import Node
from .openssh import Scp, Sftp
from .paramiko_driver import Paramiko
from .psftp import Psftp
from .rclone import Rclone

ALL = [Sftp, Scp, Lftp, LftpTemp, Rclone, Curl, Libcurl, Psftp, Paramiko, Asyncssh, Node]
